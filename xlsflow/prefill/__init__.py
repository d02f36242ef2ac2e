"""Chooses what the workbooks of the next round go out with: open rows and forms, tasks made of actions, new ids.

No file is read or written here, and no cell is formatted. Start with `prefill`.
"""
