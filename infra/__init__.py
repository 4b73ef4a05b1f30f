"""The blueprint: one construct per room, wired in walking order by the two stacks."""
