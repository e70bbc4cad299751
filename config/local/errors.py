"""The error of the local stack."""


class LocalStackError(SystemExit):
    """Stop the command. The text states in a sentence what is wrong and what to do."""
