"""What a city's files must mean: each module looks at one thing and yields findings."""
