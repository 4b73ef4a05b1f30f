"""The command line against a small city of its own, over real HTTP."""
