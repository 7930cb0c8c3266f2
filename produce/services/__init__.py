"""The verbs of the dictionary: load it, change it by two hands, enter prices, write medians."""
