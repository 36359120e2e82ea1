"""Figures, each a function of tables."""
