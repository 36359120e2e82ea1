"""Training with PyTorch: any network that `build_model` returns, on any device."""
