"""Reports as pages and spreadsheets show them."""
