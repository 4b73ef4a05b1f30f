"""City311: what the city does, from a resident's report to a proven answer."""
