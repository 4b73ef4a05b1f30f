"""Measurements: ratios against a baseline in one run, never asserted as times."""
