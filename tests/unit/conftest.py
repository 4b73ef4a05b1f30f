"""Properties are tried with the same examples in every run, however slow the machine."""

from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=30, database=None, derandomize=True)
settings.load_profile("unit")
