"""Tables, as text for the page."""
