"""What the Models page shows: the latest measurements as tables and charts, ready to be written out."""
