"""Registers: what a county must be able to set or mend, each by two hands, with its day, its document and its history.

A room gives its registers here: the rules (what a row would change, who proposes, who confirms, how it is written)
and the desk (how it is asked for and shown). Everything else is the same for all of them.
"""
