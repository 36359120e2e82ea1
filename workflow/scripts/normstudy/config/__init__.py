"""What a study asks for."""
