"""Published runs: packed, read back, judged without training, and put into pages."""
