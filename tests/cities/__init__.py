"""The folders of cities: read, linted, compiled, made."""
