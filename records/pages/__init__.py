"""Files and notices as pages show them."""
