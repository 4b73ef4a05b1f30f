"""The city's own JSON API: the edge both HTTP functions stand on, bodies in, answers out."""
