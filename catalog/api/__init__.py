"""Supply for programs; the same doors and verbs as the pages."""
