"""Makes the map of an invented city from a recipe: the same bytes each time."""
