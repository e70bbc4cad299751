"""From feature maps and pixels to vectors: pooling, projections, colour histograms. Only pooling uses torch."""
