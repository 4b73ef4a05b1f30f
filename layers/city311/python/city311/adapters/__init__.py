"""The ports kept: each by an AWS service, and by a twin in memory that tests and benchmarks use."""
