"""The review desk: the page on which a reviewer compares the two pictures of one pair closely, and decides."""
