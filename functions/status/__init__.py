"""Status: anybody reads, staff command."""
