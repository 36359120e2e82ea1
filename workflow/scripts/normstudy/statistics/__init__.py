"""What may be concluded."""
