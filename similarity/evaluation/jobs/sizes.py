"""Sample sizes, which the Models page states. They do not grow with the site, so that measuring takes only minutes."""

WORKS = 400  # works whose neighbours are compared by class, maker, culture and department
ALTERED = 36  # pictures that are altered
BACKGROUND = 12  # further pictures, for score normalisation
ALTERATIONS = ("jpeg-30", "greyscale", "crop-20", "crop-50", "rotate-3", "flip", "text", "wall")
TIMED = 24  # pictures whose processing is timed, for each network
