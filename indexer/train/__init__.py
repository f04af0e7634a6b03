"""Training of the shipped embedder; never imported at run time."""

import os

# Before numpy is imported: while anything else runs, a second thread waits busily for its half, and a small
# product of matrices that takes 60 µs took 16 ms.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
