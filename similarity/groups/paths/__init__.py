"""Chains of works from one work to another, each step short."""
