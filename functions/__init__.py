"""The rooms of the city hall: each folder is one function and imports the layer only."""
