"""Secrets and logins that are created at the first start and stored in the home."""
