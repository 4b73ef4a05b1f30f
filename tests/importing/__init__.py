"""Bringing cities over from servers that deviate in every way that is known."""
