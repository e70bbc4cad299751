"""Feature maps and pixels to vectors: pooling, projections, colour histograms. numpy, and torch for pooling."""
