"""Open311 clients of the field, unchanged, against the city on this computer."""
