"""Merge one work into another, undo it, and relate works to each other. See docs/decisions/0034."""
