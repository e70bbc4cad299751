"""What curators enter: records, uploads."""
