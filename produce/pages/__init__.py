"""Goods, grades and changes of the dictionary as a page names them."""
