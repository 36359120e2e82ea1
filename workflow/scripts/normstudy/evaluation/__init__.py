"""What a trained network gets wrong."""
