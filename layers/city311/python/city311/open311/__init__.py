"""GeoReport v2 on the wire: form and JSON in, XML and JSON out, errors in the asked format."""
