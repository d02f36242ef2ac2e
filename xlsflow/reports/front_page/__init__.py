"""Page 1 of a report: conclusion, tiles, attention, small tables.

Nothing here computes a figure. Start with `overview`.
"""
