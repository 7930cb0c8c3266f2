"""What people type about goods, read strictly; nothing is decided here."""
