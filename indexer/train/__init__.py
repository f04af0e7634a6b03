"""Training of the shipped embedder; never imported at run time."""
