"""The twin value: 48 bits that altered copies of a picture share, so that plain SQL on a string finds them."""
