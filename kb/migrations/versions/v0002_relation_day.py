"""The day a relation itself gives: 自2027年7月1日起废止, 有效期延长至2028年6月30日."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("relations", sa.Column("day", sa.String(), nullable=True))
