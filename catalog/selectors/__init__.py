"""What supply looks like to those who read it: prices, the market, one's own goods."""
