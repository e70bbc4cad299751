"""The colours of pictures: palettes in CIELAB, and the cells that a search by colour uses."""
