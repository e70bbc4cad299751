"""Refuse pictures with damaged data. A decoder would only warn, and show grey or shifted blocks.

JPEG: libjpeg continues after damage and reports a warning. Warnings about metadata are ignored. A header that states
fewer rows than the data have causes no warning, so the data are also decoded with one more row of blocks.
TIFF and AVIF: libvips reports damage that Pillow ignores. PNG: Pillow checks the checksums of all critical chunks, but
not whether the last chunk exists.
WebP, GIF and HEIC: their decoders report missing data, but not changed data.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyvips

from collection.imaging.formats import AVIF, JPEG, PNG, TIFF, Format
from collection.imaging.refusals import Damaged
from collection.imaging.streaming import libvips
from collection.imaging.traps import START_OF_SCAN

# The texts of libjpeg's warnings (jerror.h of libjpeg 6b to 9, libjpeg-turbo and mozjpeg) and of libvips.
JPEG_DAMAGE = re.compile("corrupt jpeg data|premature end", re.IGNORECASE)
PREMATURE = re.compile("premature end", re.IGNORECASE)
# Markers by their second byte, ITU-T T.81, table B.1.
SEQUENTIAL = {0xC0, 0xC1}  # frames: baseline, extended
START_OF_SCAN_CODE = 0xDA
RESTARTS = set(range(0xD0, 0xD8))
METADATA = {*range(0xE0, 0xF0), 0xFE}  # application segments, comments
SOI, EOI = b"\xff\xd8", b"\xff\xd9"  # the markers at the start and at the end of every JPEG
FRAME_HEADER = struct.Struct(">BHHB")  # bits, rows, columns, components
PNG_END = b"IEND\xaeB`\x82"  # the last chunk and its sum, ISO/IEC 15948, 11.2.5
BLOCK_PX = 8
ROWS_LIMIT = 65_500  # libjpeg's

ADVICE = "please send an undamaged copy, or look at the picture and save it again."
INCOMPLETE = f"This JPEG is damaged or incomplete: its data end too early; {ADVICE}"
PNG_INCOMPLETE = f"This PNG is damaged or incomplete: its end is missing; {ADVICE}"
BROKEN = f"This JPEG is damaged: a part of its data cannot be decoded; {ADVICE}"
FALSE_SIZE = f"This JPEG is damaged: its header states a smaller picture than its data contain; {ADVICE}"


@dataclass(frozen=True)
class Verdict:
    """The result of a strict decoder. damage: a sentence, or "" for none; is_whole: libvips has read the whole file."""

    damage: str = ""
    is_whole: bool = False


def refuse_damage(kind: Format, data: bytes) -> None:
    """Raise Damaged if a decoder reports damage."""
    if verdict := judge(kind, data).damage:
        raise Damaged(verdict)


def judge(kind: Format, data: bytes) -> Verdict:
    """Decode a picture strictly. Check its header against the limits first, because this decodes every pixel."""
    if kind is JPEG:
        return judge_jpeg(data)
    if kind is PNG and PNG_END not in data:
        return Verdict(PNG_INCOMPLETE)
    if kind is TIFF:
        return judge_by_libvips(kind, data, ("warning", "error"))
    if kind is AVIF:
        return judge_by_libvips(kind, data, ("error",))
    return Verdict()


def judge_jpeg(data: bytes) -> Verdict:
    """Decode every block at an eighth of the size, which takes a third of the time of the whole picture."""
    bare = without_metadata(data)
    report = libvips.report_on(bare, shrink=BLOCK_PX)
    if is_damaged(report):
        return Verdict(INCOMPLETE if any(PREMATURE.search(line) for line in report.lines) else BROKEN)
    if report.is_whole and (taller := with_more_rows(bare)):
        report_below = libvips.report_on(taller, shrink=BLOCK_PX)
        if report_below.is_whole and not is_damaged(report_below):
            return Verdict(FALSE_SIZE)
    return Verdict(is_whole=report.is_whole)


def is_damaged(report: libvips.Report) -> bool:
    return any(JPEG_DAMAGE.search(line) for line in report.lines)


def without_metadata(data: bytes) -> bytes:
    """Return a JPEG without the application segments, comments and padding before its first scan.

    libvips passes on only the first warning, so a warning about metadata would hide one about pixels.
    """
    kept = [SOI]
    for code, at in segments(data):
        if code == START_OF_SCAN_CODE:
            return b"".join([*kept, data[at - 4 :]])
        if code not in METADATA:
            kept.append(data[at - 4 : at - 2 + int.from_bytes(data[at - 2 : at], "big")])
    return data  # without a scan, which the decoder reports


def with_more_rows(data: bytes) -> bytes | None:
    """Add a row of blocks to the header of a sequential JPEG with one scan. Return None for other JPEGs."""
    if len(START_OF_SCAN.findall(data)) != 1:
        return None
    at = next((at for code, at in segments(data) if code in SEQUENTIAL), None)
    if at is None:
        return None
    rows: int
    _, rows, _, components = FRAME_HEADER.unpack_from(data, at)
    factors = [data[at + FRAME_HEADER.size + 1 + 3 * index] & 0x0F for index in range(components)]
    step = BLOCK_PX * (max(factors) if components > 1 else 1)
    taller = (-(-rows // step) + 1) * step
    if taller > ROWS_LIMIT:
        return None
    scan = data[at + 3 : data.rfind(EOI)].rstrip(b"\0")  # some cameras append zeros, which may look like blocks
    return data[: at + 1] + taller.to_bytes(2, "big") + scan + EOI


def segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the code of each marker up to the first scan, and the offset of its content, which follows the length."""
    at = 2
    while (at := data.find(b"\xff", at)) >= 0 and at + 4 <= len(data):
        code = data[at + 1]
        if code in (0x00, 0x01, 0xFF) or code in RESTARTS:  # padding, or markers without content
            at += 1
            continue
        yield code, at + 4
        if code == START_OF_SCAN_CODE:
            return
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def judge_by_libvips(kind: Format, data: bytes, levels: Sequence[str]) -> Verdict:
    """Open the file by libvips with the first of these levels that succeeds, and read every pixel."""
    for level in levels:
        try:
            image = libvips.opened(data, level)
        except pyvips.Error:  # its header causes a warning, or only Pillow can read it
            continue
        try:
            libvips.read_all(image)
        except pyvips.Error:
            return Verdict(f"This {kind.name} is damaged: a part of its data cannot be decoded; {ADVICE}")
        return Verdict(is_whole=True)
    return Verdict()
