"""Pictures without content: placeholders, blank scans and tiny thumbnails, listed apart from the queue."""
