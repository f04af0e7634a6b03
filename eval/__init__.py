"""How good and how fast it is, and how we know."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the product does, before numpy is imported
