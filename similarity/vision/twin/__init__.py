"""The twin value: a 48-bit hash that altered copies of a picture share, so that plain SQL on a string finds them."""
