"""Two reviewers for each pair: their opinions, their agreement, and the pairs on which they differ."""
