"""Convert any picture that Pillow opens to upright 8-bit sRGB. Checks, comparisons and pages all use this."""

from io import BytesIO

from PIL import Image, ImageCms

from collection.imaging.depth import DEEP_MODES, to_8_bit
from collection.imaging.orientation import upright

WHITE = (255, 255, 255)
PROFILE_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}  # Pillow's mode: ICC.1:2022, 7.2.6
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
BROKEN_PROFILE = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert any mode to a new upright image of mode RGB: 8 bit, sRGB, on white, without metadata. Load the pixels.

    Steps, in this order: apply the EXIF orientation; scale 16 and 32 bit to 8 (see depth.py); apply an embedded ICC
    profile with relative colorimetric intent and black point compensation (ignore a broken one, or one of another
    colour space); convert CMYK without a profile by (255 - ink)(255 - black) / 255; composite transparency onto white.
    At most two copies of the picture are in memory if the caller keeps no reference. Raise Pillow's errors for damage.
    """
    image.load()
    profile = image.info.get("icc_profile")
    image = upright(image)  # a copy, so the caller's image is not changed
    if image.mode in DEEP_MODES:
        image = to_8_bit(image)
    alpha, image = without_alpha(image)
    image = from_profile(image, profile)
    if alpha is not None:
        ground = Image.new("RGB", image.size, WHITE)
        ground.paste(image, mask=alpha)
        image = ground
    image.info = {}
    return image


def without_alpha(image: Image.Image) -> tuple[Image.Image | None, Image.Image]:
    """Return the alpha channel (mode L, or None if all is opaque) and the colours (mode L, RGB, CMYK or LAB)."""
    if image.has_transparency_data:
        grey = image.mode in ("1", "L", "LA", "La")
        layered = image.convert("LA" if grey else "RGBA")
        return layered.getchannel("A"), layered.convert("L" if grey else "RGB")
    if image.mode in PROFILE_SPACES:
        return None, image
    return None, image.convert("L" if image.mode == "1" else "RGB")  # palettes, YCbCr, HSV, RGBX


def from_profile(image: Image.Image, profile: object) -> Image.Image:
    """Convert mode L, RGB (in place), CMYK or LAB to RGB in sRGB, by its profile if that is usable."""
    source = usable_profile(profile, image.mode)
    if source is not None:
        try:
            return through(source, image)
        except BROKEN_PROFILE:
            pass  # a profile with a valid header and broken tables
    if image.mode == "LAB":
        return through(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def usable_profile(profile: object, mode: str) -> ImageCms.ImageCmsProfile | None:
    """Return the profile, or None if it is absent, broken, made for another mode, or sRGB already."""
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        fits = source.profile.xcolor_space.strip() == PROFILE_SPACES[mode]
        # A conversion from sRGB to sRGB would change some pixels by a level, by rounding. But the same pixels,
        # saved with and without their profile, must give the same result.
        is_srgb = mode == "RGB" and (source.profile.profile_description or "").startswith("sRGB")
    except BROKEN_PROFILE:
        return None
    return source if fits and not is_srgb else None


def through(source: ImageCms.ImageCmsProfile, image: Image.Image) -> Image.Image:
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    srgb = ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(source, srgb, image.mode, "RGB", INTENT, flags)
    converted = ImageCms.applyTransform(image, transform, inPlace=image.mode == "RGB")
    return image if converted is None else converted
