"""Explain why two pictures are alike ("Why?"): the regions of each that correspond."""
