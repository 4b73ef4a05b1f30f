"""Thousands of calls that nobody would make on purpose."""
