"""Recognise the format of a file by its first bytes. The name is not used.

Signatures: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), GIF89a, TIFF 6.0 and BigTIFF, WebP container (RFC 9649),
ISO base media `ftyp` brands (ISO/IEC 14496-12, HEIF 23008-12, AVIF 1.1).
"""

from dataclasses import dataclass

from collection.imaging.refusals import ACCEPTED, NotAPicture, UnacceptedFormat, gettext_noop

SNIFFED_BYTES = 4096  # enough for the text before an <svg> or <html> tag


@dataclass(frozen=True)
class Format:
    name: str  # Pillow's name
    extension: str
    media_type: str
    spoken: str  # as a sentence names it: "a PNG picture"


JPEG = Format("JPEG", "jpg", "image/jpeg", gettext_noop("a JPEG picture"))
PNG = Format("PNG", "png", "image/png", gettext_noop("a PNG picture"))
WEBP = Format("WEBP", "webp", "image/webp", gettext_noop("a WebP picture"))
TIFF = Format("TIFF", "tif", "image/tiff", gettext_noop("a TIFF picture"))
GIF = Format("GIF", "gif", "image/gif", gettext_noop("a GIF picture"))
HEIF = Format("HEIF", "heic", "image/heic", gettext_noop("a HEIC picture"))
AVIF = Format("AVIF", "avif", "image/avif", gettext_noop("an AVIF picture"))
FORMATS = {each.name: each for each in (JPEG, PNG, WEBP, TIFF, GIF, HEIF, AVIF)}

SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
)
AVIF_BRANDS = {b"avif", b"avis"}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}

OTHER_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"BM", gettext_noop("a BMP picture")),
    (b"8BPS", gettext_noop("a Photoshop file")),
    (b"\0\0\0\x0cjP  \r\n\x87\n", gettext_noop("a JPEG 2000 picture")),
    (b"\xff\x4f\xff\x51", gettext_noop("a JPEG 2000 picture")),
    (b"\0\0\0\x0cJXL \r\n\x87\n", gettext_noop("a JPEG XL picture")),
    (b"\xff\x0a", gettext_noop("a JPEG XL picture")),
    (b"\0\0\x01\0", gettext_noop("an icon file")),
    (b"v/1\x01", gettext_noop("an OpenEXR picture")),
    (b"#?RADIANCE", gettext_noop("a Radiance HDR picture")),
    (b"FUJIFILMCCD-RAW", gettext_noop("a camera's raw file")),
    (b"IIRO", gettext_noop("a camera's raw file")),
    (b"IIU\0", gettext_noop("a camera's raw file")),
    (b"%!PS", gettext_noop("a PostScript drawing")),
    (b"\xc5\xd0\xd3\xc6", gettext_noop("a PostScript drawing")),
    (b"\x8aMNG", gettext_noop("an MNG animation")),
    (b"AT&TFORM", gettext_noop("a DjVu document")),
    *((b"P%d" % kind, gettext_noop("a Netpbm picture (PBM, PGM, PPM or PAM)")) for kind in range(1, 8)),
)
OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", gettext_noop("a PDF document")),
    (b"PK\x03\x04", gettext_noop("a ZIP archive or an office document")),
    (b"PK\x05\x06", gettext_noop("an empty ZIP archive")),
    (b"Rar!", gettext_noop("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", gettext_noop("a 7-Zip archive")),
    (b"\x1f\x8b", gettext_noop("a gzip archive")),
    (b"\xd0\xcf\x11\xe0", gettext_noop("an office document")),
    (b"MZ", gettext_noop("a program")),
    (b"\x7fELF", gettext_noop("a program")),
    (b"#!", gettext_noop("a script")),
)
MARKUP = (
    (b"<svg", gettext_noop("an SVG drawing")),
    (b"<html", gettext_noop("an HTML page")),
    (b"<!doctype html", gettext_noop("an HTML page")),
)
FOREIGN = gettext_noop("This file is %(kind)s; %(accepted)s.")
NO_PICTURE = gettext_noop("This file is %(kind)s, not a picture; %(accepted)s.")
UNKNOWN = gettext_noop("This file is damaged or not a picture; %(accepted)s.")
TEXT_BYTES = frozenset(range(0x20, 0x7F)) | {0x09, 0x0A, 0x0D} | frozenset(range(0x80, 0x100))


def recognise(data: bytes) -> Format:
    """Return the accepted format of this signature. Raise UnacceptedFormat or NotAPicture."""
    for signature, found in SIGNATURES:
        if data.startswith(signature):
            return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return _of_brand(data)
    raise _foreign(data[:SNIFFED_BYTES])


def _of_brand(data: bytes) -> Format:
    """Distinguish HEIC from AVIF by the brands (four bytes each) of their common container format."""
    box = data[: min(int.from_bytes(data[:4], "big"), SNIFFED_BYTES)]
    brands = {box[at : at + 4] for at in range(16, len(box), 4)} | {box[8:12]}
    major = {box[8:12]}
    for candidates in (major, brands):
        if candidates & AVIF_BRANDS:
            return AVIF
        if candidates & HEIF_BRANDS:
            return HEIF
    if brands & {b"mif1", b"msf1", b"crx "}:
        raise UnacceptedFormat(
            FOREIGN, kind=gettext_noop("a camera's raw file or an unusual kind of HEIF"), accepted=ACCEPTED
        )
    raise UnacceptedFormat(FOREIGN, kind=gettext_noop("a film or a sound recording"), accepted=ACCEPTED)


def _foreign(head: bytes) -> UnacceptedFormat | NotAPicture:
    for signature, what in OTHER_PICTURES:
        if head.startswith(signature):
            return UnacceptedFormat(FOREIGN, kind=what, accepted=ACCEPTED)
    for signature, what in OTHER_FILES:
        if head.startswith(signature):
            return NotAPicture(NO_PICTURE, kind=what, accepted=ACCEPTED)
    for tag, what in MARKUP:
        if tag in head.lower():
            return NotAPicture(FOREIGN, kind=what, accepted=ACCEPTED)
    if TEXT_BYTES.issuperset(head):
        return NotAPicture(NO_PICTURE, kind=gettext_noop("text"), accepted=ACCEPTED)
    return NotAPicture(UNKNOWN, accepted=ACCEPTED)
