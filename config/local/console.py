"""Lines for a person, with one line at the end that is written over; without a terminal, plain lines."""

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
        """A line that stays."""
        self.write(CLEAR if self.is_terminal else "", text, "\n")
        self.shown = ""

    def status(self, text: str) -> None:
        """A line that the next one replaces; in a log file, a line now and then."""
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
        """Makes room for a program that writes to the same terminal."""
        if self.is_terminal:
            self.write(CLEAR)
        self.shown = ""

    def write(self, *words: str) -> None:
        self.stream.write("".join(words))
        self.stream.flush()
