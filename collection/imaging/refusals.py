"""Refusals: one exception for each reason. Its text is a sentence for the sender."""

ACCEPTED = "Kindred accepts JPEG, PNG, WebP, TIFF, GIF, HEIC and AVIF pictures"


class Refused(ValueError):  # noqa: N818 - a refusal is an answer, not a fault
    """The file was refused. The text states the reason, and what would be accepted."""


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
