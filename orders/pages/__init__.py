"""Orders from the wish to the payment, as pages show them."""
