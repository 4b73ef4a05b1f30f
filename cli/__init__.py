"""The command line: city311."""
