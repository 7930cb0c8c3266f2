"""Finance's pages: what waits and leaves, what the bank answered, what came back."""
