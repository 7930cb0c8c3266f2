"""What those who put goods on sale read: batches, last amounts, names."""
