"""Steps, batches and files as a page shows them."""
