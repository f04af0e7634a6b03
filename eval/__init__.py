"""How good and how fast it is, and how we know."""
