"""Find the works on a wall in a photograph."""
