"""The commands of `kb`, a module for each group."""
