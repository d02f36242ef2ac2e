"""Many outgoing workbooks of one project: what they share is made once, what differs is filled in.

Nothing here decides what a sheet looks like. Start with `batch_writer`.
"""
