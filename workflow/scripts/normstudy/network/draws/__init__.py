"""What a run draws by chance, and what it makes of it: the same on every device."""
