"""How days and times are written, by language; Django reads these modules by name."""
