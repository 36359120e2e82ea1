"""The training step of model.py's network as compiled kernels, and the engine that runs it."""
