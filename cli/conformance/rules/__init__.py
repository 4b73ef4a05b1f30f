"""The rules, by the noun they are about; the statement of each stands with what looks at it."""
