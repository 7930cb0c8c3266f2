"""What the pages of the registers show; a desk is how one register is asked for and listed."""
