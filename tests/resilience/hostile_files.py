"""Files that try to break what reads them. All are made from a small picture, so that the set is the same each time."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image

from tests import factories

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "GIF": "gif", "AVIF": "avif"}
NAMES = [
    "../../../etc/passwd.jpg",
    "..\\..\\windows\\picture.jpg",
    "/etc/cron.d/picture.jpg",
    "picture.jpg\r\nSet-Cookie: a=b",
    "=HYPERLINK(1).jpg",
    "<script>alert(1)</script>.jpg",
    "\u202egpj.exe",
    "x" * 300 + ".jpg",
    ".jpg",
    "picture.php.jpg",
    "CON.jpg",
]
Hostile = tuple[str, bytes]


def picture(kind: str, size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(factories.painted(3, size))) as painted:
        painted.convert("P" if kind == "GIF" else "RGB").save(file, kind)
    return file.getvalue()


def all_files(seed: int, flips: int) -> Iterator[Hostile]:
    """Yield (name, bytes). `flips` files of each format have a few bytes changed at random by the seed."""
    for kind, extension in FORMATS.items():
        whole = picture(kind)
        for share in (0.1, 0.5, 0.9, 0.99):
            yield f"cut-{share}.{extension}", whole[: int(len(whole) * share)]
        yield f"cut-with-end.{extension}", whole[: len(whole) // 2] + whole[-2:]
        yield f"doubled.{extension}", whole + whole
        yield f"page-behind.{extension}", whole + b"<script>alert(1)</script>"
        yield f"head-alone.{extension}", whole[:16]
        yield f"zeros.{extension}", whole[:64] + bytes(len(whole))
        for number in range(flips):
            yield f"flipped-{number}.{extension}", flipped(whole, random.Random(f"{seed} {kind} {number}"))
    yield from impostors()
    yield from bombs()
    plain = picture("JPEG")
    yield from ((name, plain) for name in NAMES)


def flipped(whole: bytes, dice: random.Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(dice.randint(1, 8)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def impostors() -> Iterator[Hostile]:
    """Files of another kind under the name of a picture."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("../../picture.jpg", picture("JPEG"))
    yield "archive.jpg", archive.getvalue()
    yield "empty.jpg", b""
    yield "text.png", b"Dear museum,\n" * 50
    yield "page.png", b"<!doctype html><script>alert(1)</script>"
    yield "drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "drawing.jpg", b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'
    yield "program.jpg", b"\x7fELF" + bytes(200)
    yield "script.jpg", b"#!/bin/sh\nrm -rf /\n"
    yield "document.jpg", b"%PDF-1.7\n" + bytes(100)
    yield "postscript.jpg", b"%!PS\n(%pipe%id) (r) file\n"
    yield "noise.jpg", random.Random(5).randbytes(5000)
    yield "noise-behind-head.jpg", b"\xff\xd8\xff\xe0" + random.Random(6).randbytes(5000)
    yield "command.jpg", b"push graphic-context\nfill 'url(https://example.org/\"|id\")'\npop graphic-context"


def bombs() -> Iterator[Hostile]:
    """Small files that claim, or unpack to, very large pictures."""
    for side_px in (20_000, 60_000, 2**31 - 1):
        yield f"claims-{side_px}.png", png(side_px, side_px, b"")
    yield "unpacks.png", png(15_000, 15_000, zlib.compress(bytes(15_000 * 1876)))
    yield "no-width.png", png(0, 48, b"")
    yield "long.png", png(60_000, 1, zlib.compress(bytes(7501)))
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000)))
    yield "text-bomb.png", png(64, 48, zlib.compress(bytes(48 * 9)), text)
    jpeg = picture("JPEG")
    frame = jpeg.index(b"\xff\xc0") + 5
    for height_px, width_px in ((48, 65_535), (65_535, 64), (0, 64), (96, 64), (24, 64)):
        yield (
            f"says-{width_px}x{height_px}.jpg",
            jpeg[:frame] + struct.pack(">HH", height_px, width_px) + jpeg[frame + 4 :],
        )
    scan = jpeg[jpeg.index(b"\xff\xda") : -2]
    yield "scans.jpg", jpeg[:-2] + scan * 500 + b"\xff\xd9"


def png(width_px: int, height_px: int, data: bytes, more: bytes = b"") -> bytes:
    """Return a PNG of one bit a pixel (ISO/IEC 15948), with these compressed data."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + more + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
