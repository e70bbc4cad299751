"""How much is measured. One size for small and large sites, so that it takes minutes; the Models page states it."""

WORKS = 400  # whose neighbours are compared by class, maker, culture and department
ALTERED = 36  # pictures that are altered
BACKGROUND = 12  # further pictures that copies are told from
ALTERATIONS = ("jpeg-30", "greyscale", "crop-20", "crop-50", "rotate-3", "flip", "text", "wall")
TIMED = 24  # pictures, for each network
