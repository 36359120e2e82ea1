"""What leaves the study."""
