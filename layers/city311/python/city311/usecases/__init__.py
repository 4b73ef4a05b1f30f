"""What the city does, one verb at a time, over ports; no AWS, no clock, no dice of its own."""
