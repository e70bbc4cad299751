"""Refusals: one exception for each reason. Its text is a sentence for the sender.

This package does not use Django, so texts are only marked here. collection.files.refusal_texts translates them.
"""

TEXTS: set[str] = set()  # all marked texts


def gettext_noop(text: str) -> str:
    """Mark a text for translation, and keep it, so that a sentence that was stored in English can be translated."""
    TEXTS.add(text)
    return text


ACCEPTED = gettext_noop("Kindred accepts JPEG, PNG, WebP, TIFF, GIF, HEIC and AVIF pictures")


class Refused(ValueError):  # noqa: N818 - a refusal is an answer, not a fault
    """The file was refused. The text states the reason, and what would be accepted.

    text: marked English, with a placeholder such as %(limit)s for each value. values: numbers as English writes them
    ("1,200.5"), or marked texts.
    """

    def __init__(self, text: str, **values: str) -> None:
        super().__init__(text % values if values else text)
        self.text = text
        self.values = values


class EmptyFile(Refused):
    """The file has no bytes."""


class TooManyBytes(Refused):
    """The file has more bytes than the limit."""


class NotAPicture(Refused):
    """The content is not a known kind of picture. It may be text, a document or an archive."""


class UnacceptedFormat(Refused):
    """The file is a picture or a film of a format that is not accepted."""


class Damaged(Refused):
    """The first bytes are those of an accepted format, but the file cannot be decoded in full."""


class TooManyPixels(Refused):
    """The header states more pixels than the limit. Nothing was decoded."""


class TooElongated(Refused):
    """One side is far longer than the other."""


class TooSmall(Refused):
    """The picture has too few pixels to be compared."""


class TooCostly(Refused):
    """Decoding needs more memory or time than the limit."""


class Busy(Refused):
    """Other large pictures are being decoded. The same file may be accepted later."""


class UnusableCrop(Refused):
    """The detail does not lie within the picture, or is too small."""


class PreviewOnly(Refused):
    """The file is a camera's raw file, whose first page is only a preview of the photograph."""


class TooManyScans(Refused):
    """The JPEG has so many scans that decoding would take hours."""


class TooMuchMetadata(Refused):
    """The PNG has megabytes of compressed text or of colour profile."""


class ActiveName(Refused):
    """A browser or an operating system might run a file of this name."""


class UnreadableName(Refused):
    """The name has control characters."""
