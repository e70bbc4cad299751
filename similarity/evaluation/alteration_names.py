"""Names of alterations for people. Stored results and JSON use the short names."""

from django.utils.translation import gettext, gettext_noop

IN_WORDS = {
    "jpeg-60": gettext_noop("Saved again as JPEG, quality 60"),
    "jpeg-30": gettext_noop("Saved again as JPEG, quality 30"),
    "jpeg-10": gettext_noop("Saved again as JPEG, quality 10"),
    "gamma-0.6": gettext_noop("Made brighter"),
    "gamma-1.6": gettext_noop("Made darker"),
    "hue-30": gettext_noop("Colours shifted by 30°"),
    "greyscale": gettext_noop("Black and white"),
    "crop-5": gettext_noop("Cropped to 90 % of the area"),
    "crop-10": gettext_noop("Cropped to 81 % of the area"),
    "crop-20": gettext_noop("Cropped to 64 % of the area"),
    "crop-35": gettext_noop("Cropped to 42 % of the area"),
    "crop-50": gettext_noop("Cropped to 25 % of the area"),
    "border-10": gettext_noop("White border of 10 %"),
    "border-dark-10": gettext_noop("Dark border of 10 %"),
    "rotate-1": gettext_noop("Turned by 1°"),
    "rotate-3": gettext_noop("Turned by 3°"),
    "rotate-5": gettext_noop("Turned by 5°"),
    "rotate-10": gettext_noop("Turned by 10°"),
    "flip": gettext_noop("Mirrored"),
    "blur-2": gettext_noop("Blurred"),
    "noise-0.05": gettext_noop("Grainy"),
    "text": gettext_noop("Line of text across it"),
    "screenshot": gettext_noop("Screenshot with margins"),
    "wall": gettext_noop("Photographed on a wall"),
    "resize-160": gettext_noop("Reduced to 160 px"),
    "crop-13": gettext_noop("Cropped to 75 % of the area"),
    "crop-29": gettext_noop("Cropped to 50 % of the area"),
    "turn-90": gettext_noop("Turned by 90°"),
}


def alteration(name: str) -> str:
    """Return the name of an alteration for people. An alteration of an older release keeps its short name."""
    return gettext(IN_WORDS[name]) if name in IN_WORDS else name
