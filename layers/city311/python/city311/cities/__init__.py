"""A city's folder of files, read and checked by tools; compiled, it is what the functions load."""
