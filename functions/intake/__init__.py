"""Intake: reports, photos and the resident's word come in."""
