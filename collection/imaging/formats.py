"""Recognise the format of a file by its first bytes. The name is not used.

Signatures: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), GIF89a, TIFF 6.0 and BigTIFF, WebP container (RFC 9649),
ISO base media `ftyp` brands (ISO/IEC 14496-12, HEIF 23008-12, AVIF 1.1).
"""

from dataclasses import dataclass

from collection.imaging.refusals import ACCEPTED, NotAPicture, UnacceptedFormat

SNIFFED_BYTES = 4096  # enough for the text before an <svg> or <html> tag


@dataclass(frozen=True)
class Format:
    name: str  # Pillow's name
    extension: str
    media_type: str
    spoken: str  # as a sentence names it: "a PNG picture"


JPEG = Format("JPEG", "jpg", "image/jpeg", "a JPEG picture")
PNG = Format("PNG", "png", "image/png", "a PNG picture")
WEBP = Format("WEBP", "webp", "image/webp", "a WebP picture")
TIFF = Format("TIFF", "tif", "image/tiff", "a TIFF picture")
GIF = Format("GIF", "gif", "image/gif", "a GIF picture")
HEIF = Format("HEIF", "heic", "image/heic", "a HEIC picture")
AVIF = Format("AVIF", "avif", "image/avif", "an AVIF picture")
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
    (b"BM", "a BMP picture"),
    (b"8BPS", "a Photoshop file"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\x01\0", "an icon file"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (b"IIRO", "a camera's raw file"),
    (b"IIU\0", "a camera's raw file"),
    (b"%!PS", "a PostScript drawing"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing"),
    (b"\x8aMNG", "an MNG animation"),
    (b"AT&TFORM", "a DjVu document"),
    *((b"P%d" % kind, "a Netpbm picture (PBM, PGM, PPM or PAM)") for kind in range(1, 8)),
)
OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"#!", "a script"),
)
MARKUP = ((b"<svg", "an SVG drawing"), (b"<html", "an HTML page"), (b"<!doctype html", "an HTML page"))
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
        raise UnacceptedFormat(f"This file is a camera's raw file or an unusual kind of HEIF; {ACCEPTED}.")
    raise UnacceptedFormat(f"This file is a film or a sound recording; {ACCEPTED}.")


def _foreign(head: bytes) -> UnacceptedFormat | NotAPicture:
    for signature, what in OTHER_PICTURES:
        if head.startswith(signature):
            return UnacceptedFormat(f"This file is {what}; {ACCEPTED}.")
    for signature, what in OTHER_FILES:
        if head.startswith(signature):
            return NotAPicture(f"This file is {what}, not a picture; {ACCEPTED}.")
    for tag, what in MARKUP:
        if tag in head.lower():
            return NotAPicture(f"This file is {what}; {ACCEPTED}.")
    if TEXT_BYTES.issuperset(head):
        return NotAPicture(f"This file is text, not a picture; {ACCEPTED}.")
    return NotAPicture(f"This file is damaged or not a picture; {ACCEPTED}.")
