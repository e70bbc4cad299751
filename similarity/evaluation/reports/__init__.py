"""The latest measurements as tables, charts and sentences, for the Models page and the pages about spaces."""
