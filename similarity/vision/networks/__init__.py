"""Backbones, their weights, and one forward pass that gives what every lens needs."""
