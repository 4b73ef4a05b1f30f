"""Programs for developers; nothing here runs in a city."""
