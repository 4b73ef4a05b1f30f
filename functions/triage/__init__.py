"""The triage function."""
