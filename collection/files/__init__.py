"""Originals and derivatives on disk."""
