"""What the reports are read from: one query a report, whoever shows it."""
