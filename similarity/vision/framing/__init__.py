"""Where works hang on a wall in a photograph."""
