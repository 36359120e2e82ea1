"""The worked normalization example."""
