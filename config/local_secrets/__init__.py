"""Secrets and logins that are made at the first start and kept in the home."""
