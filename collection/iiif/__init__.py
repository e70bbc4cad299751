"""The IIIF Image API 3.0, level 2: parts of pictures at any size, https://iiif.io/api/image/3.0/."""
