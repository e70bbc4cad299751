"""Print lines for a person, and below them a status line that is overwritten. Without a terminal, print plain lines."""

import sys
import time
from typing import TextIO

CLEAR = "\r\x1b[K"
PLAIN_INTERVAL_S = 10


class Console:
    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()
        self.shown = ""
        self.shown_at = float("-inf")

    def line(self, text: str = "") -> None:
        """Write a line that stays."""
        self.write(CLEAR if self.is_terminal else "", text, "\n")
        self.shown = ""

    def status(self, text: str) -> None:
        """Write the status line, which the next line replaces. In a log file, skip most of them."""
        if text == self.shown:
            return
        if self.is_terminal:
            self.write(CLEAR, text)
        elif time.monotonic() - self.shown_at < PLAIN_INTERVAL_S:
            return
        else:
            self.write(text, "\n")
        self.shown, self.shown_at = text, time.monotonic()

    def clear(self) -> None:
        """Clear the status line, before another program writes to the same terminal."""
        if self.is_terminal:
            self.write(CLEAR)
        self.shown = ""

    def write(self, *words: str) -> None:
        self.stream.write("".join(words))
        self.stream.flush()
