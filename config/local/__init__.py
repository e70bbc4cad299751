"""The local stack: PostgreSQL with pgvector and Redis under KINDRED_HOME, shared by all commands on that home."""

from config.local.errors import LocalStackError
from config.local.handles import attach, leave

__all__ = ["LocalStackError", "attach", "leave"]
