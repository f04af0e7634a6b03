"""How people and programs reach the knowledge base."""

import os

# Before numpy is imported: our matrices are small, and a second thread that waits busily for its half
# of one doubled the processor time of an answer (51 → 25 ms) and made none sooner.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
