"""Small test pictures, painted in code. Each unusual one is unusual in a single way."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw, ImageFilter, TiffImagePlugin

ORIENTATION, GPS = 0x0112, 0x8825
DEFLATE = 8  # TIFF compression
TURNED_BY = {  # by EXIF orientation, how a camera turns an upright scene
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def painted(width_px: int = 96, height_px: int = 64, seed: int = 0) -> Image.Image:
    """Mode RGB: a smooth ground, a dark block at the top left, a light one at the right; not symmetrical."""
    down, right = np.mgrid[0:height_px, 0:width_px]
    phase = np.random.default_rng(seed).uniform(0, 6, 3)
    waves = [np.sin(right * 4 / width_px + down * (2 + band) / height_px + phase[band]) for band in range(3)]
    pixels = (np.stack(waves, axis=2) * 90 + 128).astype(np.uint8)
    pixels[: height_px // 3, : width_px // 4] = (30, 20, 60)
    pixels[height_px // 4 : height_px // 2, width_px * 5 // 6 :] = (250, 220, 40)
    return Image.fromarray(pixels)


def landscape(seed: int) -> Image.Image:
    """Mode RGB, 480 x 360: hills, trees and clouds of sorts, with detail everywhere; different for every seed."""
    random = np.random.default_rng(seed)
    canvas = Image.new("RGB", (480, 360), (150, 180, 200))
    draw = ImageDraw.Draw(canvas)
    for y in (150, 220, 290):
        ridge = y + np.cumsum(random.normal(0, 9, 25))
        outline = [(x * 20, float(height)) for x, height in enumerate(ridge)]
        draw.polygon([(0, 360), *outline, (480, 360)], fill=tuple(map(int, random.integers(40, 170, 3))))
    for x, y, size in zip(
        random.uniform(0, 480, 40), random.uniform(0, 360, 40), random.uniform(4, 30, 40), strict=True
    ):
        draw.ellipse((x, y, x + size, y + size * 1.5), fill=tuple(map(int, random.integers(20, 235, 3))))
    return canvas.filter(ImageFilter.GaussianBlur(1))


def packed(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the picture as a file, HEIF by its own library, everything else by Pillow."""
    file = BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(file, **options)
    else:
        image.save(file, kind, **options)
    return file.getvalue()


def array(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image, dtype=np.float64)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two RGB pictures of one size, in levels of 0 to 255."""
    return float(np.abs(array(one) - array(other)).mean())


def photograph(orientation: int, scene: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the scene as a turned camera stores it, with orientation and position in the EXIF data."""
    turn = TURNED_BY[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[GPS] = {1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 22.0, 0.0)}
    return packed(scene if turn is None else scene.transpose(turn), kind, exif=exif.tobytes(), **options)


def ramp_16_bit(width_px: int = 256, height_px: int = 32) -> NDArray[np.uint16]:
    """(H, W) uint16, from 0 at the left to 65535 at the right."""
    return np.tile(np.linspace(0, 65535, width_px).astype(np.uint16), (height_px, 1))


def profile_with_red_and_green_exchanged() -> bytes:
    """Return an sRGB profile with two columns of its matrix exchanged, whose effect is large."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "Test".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def grey_profile_of_gamma_1() -> bytes:
    """Linear light: a level of 128 is as bright as 188 in sRGB."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": b"curv" + bytes(4) + struct.pack(">I", 0)})


def cmyk_profile_without_colour() -> bytes:
    """Every ink is grey: lightness is 75 with one full ink, 0 with four, and a and b are always 0."""
    identity = struct.pack(">9i", *(65536 * (row == column) for row in range(3) for column in range(3)))
    ramp = bytes(range(256))
    nodes = b"".join(bytes((255 - 255 * node.bit_count() // 4, 128, 128)) for node in range(16))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + nodes + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table})


def _profile(device: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile, version 2.4: header, table of tags, tags (ICC.1:2001-04)."""
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)  # D50
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"Test\0" + bytes(79),
        b"wtpt": white,
        **tags,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = struct.pack(">I", start + len(body))
    header = size + bytes(4) + bytes((2, 0x40, 0, 0)) + device + space + connection + bytes(12) + b"acsp"
    header += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + table + body


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_claiming(width_px: int, height_px: int) -> bytes:
    """Return a small PNG file whose header claims so many pixels of 24 bits."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    data = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(64))) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def png_with_chunk(image: Image.Image, name: bytes, data: bytes) -> bytes:
    """Return the picture as PNG with one more chunk after the header."""
    whole = packed(image, "PNG")
    return whole[:33] + png_chunk(name, data) + whole[33:]


def tiff_with_tags(image: Image.Image, tags: dict[int, int], **options: Any) -> bytes:
    """A TIFF with these tags of type LONG besides, or in place of, what the picture needs."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        directory.tagtype[tag] = 4
        directory[tag] = value
    return packed(image, "TIFF", tiffinfo=directory, **options)


def tiff_in_one_tile(width_px: int, height_px: int, tile_px: int) -> bytes:
    """Return a grey TIFF 6.0 file of 8 bits whose tile claims to be `tile_px` square and holds 64 bytes."""
    values = {256: width_px, 257: height_px, 258: 8, 259: DEFLATE, 262: 1, 277: 1}
    values |= {322: tile_px, 323: tile_px, 324: 8 + 2 + 12 * 10 + 4, 325: 64}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items())
    return b"II*\0" + struct.pack("<IH", 8, len(values)) + entries + bytes(4 + 64)


def frames(count: int, kind: str) -> bytes:
    """An animation; its first frame is `painted()`."""
    return packed(painted(), kind, save_all=True, append_images=[painted(seed=n) for n in range(1, count)])
