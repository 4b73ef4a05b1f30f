"""The city itself, with no cloud in it: standard library only, no clock, no dice."""
