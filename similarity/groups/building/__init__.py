"""Build overviews in the background, let new works join them, and switch to a new one."""
