"""What the dictionary says, and what goods fetch."""
