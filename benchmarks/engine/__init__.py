"""A table in this process that answers and charges as DynamoDB does, for reads at scale."""
