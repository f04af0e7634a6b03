"""How a file becomes searchable, and how a passage is found again."""
