"""What the reports tell people by themselves."""
