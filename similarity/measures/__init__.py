"""Measures of rankings and pairs, with confidence intervals. No Django and no database."""
