"""The Open311 conformance suite: every rule of GeoReport v2 that clients live by, on any city."""
