"""Training of the shipped embedder; never imported at run time."""

import os

# Before numpy is imported: beside torch a second thread waits busily, and a small product of matrices that
# takes 60 µs took 16 ms.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
