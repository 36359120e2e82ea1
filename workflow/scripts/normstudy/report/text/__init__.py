"""Sentences, computed from tables."""
