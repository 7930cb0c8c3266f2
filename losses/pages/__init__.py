"""Relief from the report to the card, as pages and programs show it."""
