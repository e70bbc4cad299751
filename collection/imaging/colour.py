"""Whatever Pillow opens becomes upright 8-bit sRGB: one way for checking, comparing and showing."""

from io import BytesIO

from PIL import Image, ImageCms

from collection.imaging.depth import DEEP_MODES, to_8_bit
from collection.imaging.orientation import upright

WHITE = (255, 255, 255)
PROFILE_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}  # Pillow's mode: ICC.1:2022, 7.2.6
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
BROKEN_PROFILE = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def to_srgb(image: Image.Image) -> Image.Image:
    """Any mode -> a new upright image of mode RGB: 8 bit, sRGB, on white, without metadata. Loads the pixels.

    In this order: EXIF orientation; 16 and 32 bit scaled to 8 (see depth.py); an embedded ICC profile, with
    relative colorimetric intent and black point compensation (a broken one, or one of another colour space,
    is ignored); CMYK without a profile by (255 - ink)(255 - black) / 255; transparency onto white.
    Holds at most two pictures at once if the caller keeps none. Raises what Pillow raises on damage.
    """
    image.load()
    profile = image.info.get("icc_profile")
    image = upright(image)  # ours from here on; what we were handed stays as it is
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
    """-> (alpha of mode L, or None where all is opaque; the colours of mode L, RGB, CMYK or LAB)."""
    if image.has_transparency_data:
        grey = image.mode in ("1", "L", "LA", "La")
        layered = image.convert("LA" if grey else "RGBA")
        return layered.getchannel("A"), layered.convert("L" if grey else "RGB")
    if image.mode in PROFILE_SPACES:
        return None, image
    return None, image.convert("L" if image.mode == "1" else "RGB")  # palettes, YCbCr, HSV, RGBX


def from_profile(image: Image.Image, profile: object) -> Image.Image:
    """Mode L, RGB (changed in place), CMYK or LAB -> RGB in sRGB, by its profile if that can be used."""
    source = usable_profile(profile, image.mode)
    if source is not None:
        try:
            return through(source, image)
        except BROKEN_PROFILE:
            pass  # its header was sound, its tables are not
    if image.mode == "LAB":
        return through(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def usable_profile(profile: object, mode: str) -> ImageCms.ImageCmsProfile | None:
    """None for a profile that is absent, broken, made for other pixels, or sRGB already."""
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        fits = source.profile.xcolor_space.strip() == PROFILE_SPACES[mode]
        # Rounding would change an sRGB picture by a level here and there, but the same pixels, saved once
        # with and once without their profile, must stay the same pixels.
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
