"""Which sheet is which, where each block lies, which rows are data.

Nothing here interprets a value: raw cells go in, raw tables come out. Start with `recogniser`.
"""
