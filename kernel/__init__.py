"""The ground: plain Python that every room stands on; it knows no table and imports no app."""
