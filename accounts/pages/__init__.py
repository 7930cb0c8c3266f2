"""One's own account and the register, as pages show them."""
