"""Writes workbooks: those that regions fill in (`outgoing`, many at once in `batch`) and the consolidated one.

Nothing here reads a file or computes a figure; xlsxwriter is imported only here. Start with `style` (the look), then
`outgoing` and `self_check` (what a region gets) or `consolidated` (what the coordinator gets).
"""
