"""What the local stack says when it cannot go on."""


class LocalStackError(SystemExit):
    """Stops the command; its text is one sentence that says what is wrong and what to do."""
