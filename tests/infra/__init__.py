"""The blueprint: what both templates promise, by behaviour."""
