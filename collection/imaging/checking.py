"""Check whether bytes are an accepted picture. Return a CheckedImage, or raise a refusal with a sentence to show."""

import hashlib
from dataclasses import dataclass

from collection.imaging import own_process
from collection.imaging.formats import recognise
from collection.imaging.limits import DEFAULT_LIMITS, Limits
from collection.imaging.opening import refusing_damage
from collection.imaging.refusals import Damaged
from collection.imaging.streaming.strips import Source, header_size, source_of, srgb_strips
from collection.imaging.strictness import judge


@dataclass(frozen=True)
class CheckedImage:
    """The properties of a file whose pixels were all decoded.

    format: JPEG, PNG, WEBP, TIFF, GIF, HEIF or AVIF; extension: jpg, png, webp, tif, gif, heic or avif.
    sha256: of the bytes of the file. pixel_digest: of its pixels, see `digest`. Both are 64 lower-case hex digits.
    width_px, height_px: of the upright picture.
    damage: a sentence about damage that was accepted, or "" if none was found.
    """

    format: str
    extension: str
    media_type: str
    sha256: str
    pixel_digest: str
    width_px: int
    height_px: int
    size_bytes: int
    damage: str = ""


def check(data: bytes, limits: Limits = DEFAULT_LIMITS) -> CheckedImage:
    """Decode the whole picture (first page or frame). Its content determines the format. Raise only Refused.

    The header is checked against the limits before any pixel is decoded. A large picture is decoded in a separate
    process. A small one needs about 4 bytes of memory for each pixel, a JPEG or WebP less.
    """
    if own_process.is_needed(header_size(data, limits), limits.process):
        facts, _ = own_process.run("check", data, limits)
        return CheckedImage(**facts)
    return check_here(data, limits)


def check_here(data: bytes, limits: Limits) -> CheckedImage:
    """Do the work of `check` in this process."""
    kind = recognise(data)
    with refusing_damage(kind):
        header_size(data, limits)
        verdict = judge(kind, data)
        if verdict.damage and not limits.accepts_damage:
            raise Damaged(verdict.damage)
        source = source_of(data, limits, is_clean=verdict.is_whole)
        pixel_digest = digest(source)
    width_px, height_px = source.upright_size
    return CheckedImage(
        format=kind.name,
        extension=kind.extension,
        media_type=kind.media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        pixel_digest=pixel_digest,
        width_px=width_px,
        height_px=height_px,
        size_bytes=len(data),
        damage=verdict.damage,
    )


def digest(source: Source) -> str:
    """Return the hex sha256 of "<width>x<height>\\n" in ASCII and the pixels of `to_srgb`: bytes R, G, B, row by row.

    Files with the same pixels have the same digest, even if they differ in metadata, in lossless compression, or in how
    they are rotated (by EXIF or in the pixels). Any change of a pixel changes the digest.
    """
    width_px, height_px = source.upright_size
    found = hashlib.sha256(f"{width_px}x{height_px}\n".encode("ascii"))
    for strip in srgb_strips(source):
        found.update(strip.tobytes())
    return found.hexdigest()
