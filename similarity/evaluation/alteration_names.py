"""Names of alterations for people. Stored results and JSON use the short names."""

IN_WORDS = {
    "jpeg-60": "Saved again as JPEG, quality 60",
    "jpeg-30": "Saved again as JPEG, quality 30",
    "jpeg-10": "Saved again as JPEG, quality 10",
    "gamma-0.6": "Made brighter",
    "gamma-1.6": "Made darker",
    "hue-30": "Colours shifted by 30°",
    "greyscale": "Black and white",
    "crop-5": "Cropped to 90 % of the area",
    "crop-10": "Cropped to 81 % of the area",
    "crop-20": "Cropped to 64 % of the area",
    "crop-35": "Cropped to 42 % of the area",
    "crop-50": "Cropped to 25 % of the area",
    "border-10": "White border of 10 %",
    "border-dark-10": "Dark border of 10 %",
    "rotate-1": "Turned by 1°",
    "rotate-3": "Turned by 3°",
    "rotate-5": "Turned by 5°",
    "rotate-10": "Turned by 10°",
    "flip": "Mirrored",
    "blur-2": "Blurred",
    "noise-0.05": "Grainy",
    "text": "Line of text across it",
    "screenshot": "Screenshot with margins",
    "wall": "Photographed on a wall",
    "resize-160": "Reduced to 160 px",
    "crop-13": "Cropped to 75 % of the area",
    "crop-29": "Cropped to 50 % of the area",
    "turn-90": "Turned by 90°",
}


def alteration(name: str) -> str:
    """Return the name of an alteration for people. An alteration of an older release keeps its short name."""
    return IN_WORDS.get(name, name)
