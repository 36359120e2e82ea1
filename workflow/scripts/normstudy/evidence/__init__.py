"""Published runs: packed, read back, and judged without training."""
