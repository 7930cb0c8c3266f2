"""What may be read of records: public notices, and photos that look alike."""
