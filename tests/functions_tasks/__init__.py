"""Tests of the functions that no resident calls: lifecycle, triage and notify."""
