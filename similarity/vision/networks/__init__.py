"""The supported networks, their weights, and the features that one forward pass gives for all lenses."""
