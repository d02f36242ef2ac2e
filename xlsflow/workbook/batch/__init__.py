"""Writes the outgoing workbooks of many regions: what they share is drawn once, what differs is filled in.

Nothing here decides what a sheet looks like or holds. Start with `BatchWriter` in `batch_writer`.
"""
