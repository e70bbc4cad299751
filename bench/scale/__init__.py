"""Similar-works queries among up to a million vectors."""
