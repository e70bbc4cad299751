"""Why a file was not taken: one exception per reason, its text one sentence fit to show to its sender."""

ACCEPTED = "Kindred takes JPEG, PNG, WebP, TIFF, GIF, HEIC and AVIF pictures"


class Refused(ValueError):  # noqa: N818 - a refusal is an answer, not a fault
    """The file was not taken; `str(error)` says what was found and what would be accepted."""


class EmptyFile(Refused):
    """No bytes at all."""


class TooManyBytes(Refused):
    """Larger than the limit on bytes."""


class NotAPicture(Refused):
    """Text, a document, an archive: by its content no picture of a kind we know."""


class UnacceptedFormat(Refused):
    """A picture or a film, but not of an accepted format."""


class Damaged(Refused):
    """An accepted format by its first bytes, but it cannot be decoded in full."""


class TooManyPixels(Refused):
    """More pixels than the limit, by its header; nothing was decoded."""


class TooElongated(Refused):
    """One side is far longer than the other."""


class TooSmall(Refused):
    """Too few pixels to compare anything."""


class UnusableCrop(Refused):
    """A detail that does not lie within its picture, or is hardly anything of it."""


class PreviewOnly(Refused):
    """A camera's raw file, whose first page is only a preview of the photograph."""


class TooManyScans(Refused):
    """A JPEG drawn in so many passes that decoding it would take hours."""


class TooMuchMetadata(Refused):
    """A PNG with megabytes of compressed text or colour profile."""


class ActiveName(Refused):
    """A browser or an operating system might run a file of this name."""


class UnreadableName(Refused):
    """A name with control characters in it."""
