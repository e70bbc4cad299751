"""Refuse pictures with damaged data. A decoder would only warn, and show grey or shifted blocks.

JPEG: libjpeg continues after damage and reports a warning. Warnings about metadata are ignored. A header that states
fewer MCUs (minimum coded units) than the data have causes no warning, so the data are also decoded with one more.
TIFF and AVIF: libvips reports damage that Pillow ignores. PNG: Pillow checks the checksums of all critical chunks, but
not whether the last chunk exists.
WebP, GIF and HEIC: their decoders report missing data, but not changed data.
"""

import math
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyvips

from collection.imaging.formats import AVIF, JPEG, PNG, TIFF, Format
from collection.imaging.refusals import Damaged, gettext_noop
from collection.imaging.streaming import libvips

# The texts of libjpeg's warnings (jerror.h of libjpeg 6b to 9, libjpeg-turbo and mozjpeg) and of libvips.
JPEG_DAMAGE = re.compile("corrupt jpeg data|premature end", re.IGNORECASE)
PREMATURE = re.compile("premature end", re.IGNORECASE)
# Markers by their second byte, ITU-T T.81, table B.1.
SEQUENTIAL = {0xC0, 0xC1}  # frames: baseline, extended
START_OF_SCAN_CODE = 0xDA
RESTARTS = set(range(0xD0, 0xD8))
METADATA = {*range(0xE0, 0xF0), 0xFE}  # application segments, comments
SOI, EOI = b"\xff\xd8", b"\xff\xd9"  # the markers at the start and at the end of every JPEG
FRAME_HEADER = struct.Struct(">BHHB")  # bits, height, width, components
PNG_END = b"IEND\xaeB`\x82"  # the last chunk and its sum, ISO/IEC 15948, 11.2.5
BLOCK_PX = 8
SIDE_LIMIT_PX = 65_500  # libjpeg's
SURPLUS_LIMIT = 32  # MCUs beyond the stated size that are tried, until their number can be a width times a height

INCOMPLETE = gettext_noop(
    "This JPEG is damaged or incomplete: its data end too early; "
    "please send an undamaged copy, or look at the picture and save it again."
)
PNG_INCOMPLETE = gettext_noop(
    "This PNG is damaged or incomplete: its end is missing; "
    "please send an undamaged copy, or look at the picture and save it again."
)
FALSE_SIZE = gettext_noop(
    "This JPEG is damaged: its header states a smaller picture than its data contain; "
    "please send an undamaged copy, or look at the picture and save it again."
)
BROKEN = {
    JPEG: gettext_noop(
        "This JPEG is damaged: a part of its data cannot be decoded; "
        "please send an undamaged copy, or look at the picture and save it again."
    ),
    TIFF: gettext_noop(
        "This TIFF is damaged: a part of its data cannot be decoded; "
        "please send an undamaged copy, or look at the picture and save it again."
    ),
    AVIF: gettext_noop(
        "This AVIF is damaged: a part of its data cannot be decoded; "
        "please send an undamaged copy, or look at the picture and save it again."
    ),
}


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
    scan = single_scan(bare)
    report = libvips.report_on(bare if scan is None else scan.with_whole_mcus(), shrink=BLOCK_PX)
    if is_damaged(report):
        return Verdict(INCOMPLETE if any(PREMATURE.search(line) for line in report.lines) else BROKEN[JPEG])
    if report.is_whole and scan is not None and (longer := scan.with_more_mcus()):
        report_beyond = libvips.report_on(longer, shrink=BLOCK_PX)
        if report_beyond.is_whole and not is_damaged(report_beyond):
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


@dataclass(frozen=True)
class SingleScan:
    """A sequential JPEG of one scan. Its data are a sequence of MCUs (T.81, A.2), whatever the shape of the picture."""

    data: bytes
    frame_at: int  # where the content of the frame header begins
    size: tuple[int, int]  # (width, height) in pixels
    mcu: tuple[int, int]  # (width, height) of an MCU in pixels

    @property
    def grid(self) -> tuple[int, int]:
        """Return how many MCUs the picture has in (columns, rows)."""
        columns, rows = (-(-side // step) for side, step in zip(self.size, self.mcu, strict=True))
        return columns, rows

    def with_whole_mcus(self) -> bytes:
        """Return the JPEG with its height rounded up to whole MCUs.

        libvips rounds the height down when it shrinks, and would never decode the last row of MCUs.
        """
        width_px, height_px = self.size
        whole_px = self.grid[1] * self.mcu[1]
        return with_size(self.data, self.frame_at, (width_px, whole_px if whole_px <= SIDE_LIMIT_PX else height_px))

    def with_more_mcus(self) -> bytes | None:
        """Return the JPEG with a false size of one MCU more, or of a few if no size has that number, or None.

        It decodes without a warning only if its data have more MCUs than its header states. The pixels lie elsewhere.
        """
        columns, rows = self.grid
        grids = (grid_of(columns * rows + surplus, self.mcu) for surplus in range(1, SURPLUS_LIMIT))
        grid = next(filter(None, grids), None)
        if grid is None:
            return None
        content = self.data.removesuffix(EOI)
        end = len(content.rstrip(b"\0")) + 1  # some cameras append zeros, which may look like MCUs
        return with_size(content[:end] + EOI, self.frame_at, (grid[0] * self.mcu[0], grid[1] * self.mcu[1]))


def single_scan(data: bytes) -> SingleScan | None:
    """Return a sequential JPEG whose first scan has all components. Return None for others, which libjpeg reads whole.

    libjpeg ignores what follows such a scan, for example the second picture of a camera.
    """
    begins = dict(segments(data))  # by the code of the marker
    frame_at = next((begins[code] for code in SEQUENTIAL if code in begins), None)
    scan_at = begins.get(START_OF_SCAN_CODE)
    if frame_at is None or scan_at is None:
        return None
    _, height_px, width_px, components = FRAME_HEADER.unpack_from(data, frame_at)
    if data[scan_at] != components:
        return None
    factors = [data[frame_at + FRAME_HEADER.size + 1 + 3 * index] for index in range(components)]
    if components == 1:
        factors = [0x11]  # an MCU is then one block, whatever the factors are (A.2.2)
    across, down = max(factor >> 4 for factor in factors), max(factor & 0x0F for factor in factors)
    end = data.find(EOI, scan_at)
    whole = data if end < 0 else data[:end] + EOI
    return SingleScan(whole, frame_at, (width_px, height_px), (across * BLOCK_PX, down * BLOCK_PX))


def grid_of(count: int, mcu: tuple[int, int]) -> tuple[int, int] | None:
    """Return the (columns, rows) nearest to a square that have exactly `count` MCUs, or None if a side is too long."""
    rows = next(side for side in range(math.isqrt(count), 0, -1) if count % side == 0)
    columns = count // rows
    return (columns, rows) if columns * mcu[0] <= SIDE_LIMIT_PX else None


def with_size(data: bytes, frame_at: int, size: tuple[int, int]) -> bytes:
    """Return a JPEG whose frame header states another (width, height) in pixels."""
    width_px, height_px = size
    return data[: frame_at + 1] + struct.pack(">HH", height_px, width_px) + data[frame_at + 5 :]


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
            return Verdict(BROKEN[kind])
        return Verdict(is_whole=True)
    return Verdict()
