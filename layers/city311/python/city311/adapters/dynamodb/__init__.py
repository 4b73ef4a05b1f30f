"""The filing cabinet in DynamoDB; docs/data.md is its plan."""
