"""The roof: settings, addresses, the beat table and what holds for every page; imports all, imported by none."""
