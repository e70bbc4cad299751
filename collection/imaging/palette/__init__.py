"""The colours of pictures: palettes in CIELAB, and the cells by which works are found by a colour."""
