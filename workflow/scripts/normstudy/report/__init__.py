"""What the report says and shows: sentences, tables, figures and the page they make."""
