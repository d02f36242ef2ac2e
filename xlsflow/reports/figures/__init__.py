"""The figures of a report as data frames: tracked items, timing rules, returns, status, signals.

Nothing here words a sentence or knows a file format. Start with `tracked_items`, then `status`.
"""
