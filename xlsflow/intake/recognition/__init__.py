"""Finds which sheet of a return belongs to which template, where each block lies, and which rows are data.

Nothing here interprets a value: raw cells go in, raw tables come out. Start with `recogniser`, then `find_blocks`.
"""
