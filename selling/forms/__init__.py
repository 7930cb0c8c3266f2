"""What people type to put goods on sale, read strictly; nothing is decided here."""
