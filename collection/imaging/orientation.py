"""The EXIF orientation tag, as browsers read it (the copy in XMP is ignored)."""

from PIL import Image, TiffImagePlugin

TAG = 0x0112  # EXIF 2.32 and TIFF 6.0: 1 is upright
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = frozenset({5, 6, 7, 8})  # the upright rows are columns of the stored picture


def orientation(image: Image.Image) -> int:
    """Return 1 to 8; 1 if the tag is absent or invalid, or if Pillow has already rotated a TIFF on loading."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        found = image.tag_v2.get(TAG)
    else:
        found = of_exif(image.info.get("exif"))
    return valid(found)


def valid(found: object) -> int:
    return found if isinstance(found, int) and found in TURNS else 1


def of_exif(exif: object) -> object:
    if not isinstance(exif, bytes):
        return None
    tags = Image.Exif()
    try:
        tags.load(exif)
        return tags.get(TAG)
    except Exception:  # noqa: BLE001 - a camera's invalid EXIF is no reason to refuse its picture
        return None


def upright(image: Image.Image) -> Image.Image:
    """Return an upright image, which is always a new one."""
    turn = TURNS.get(orientation(image))
    return image.copy() if turn is None else image.transpose(turn)
