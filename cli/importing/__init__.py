"""A city moves in from any Open311 server: its catalogue, its past requests."""
