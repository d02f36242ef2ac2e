"""Values that travel: the project, returns and the book made of them, groups of findings, waivers, the report.

Nothing here reads or writes a file, and frames are made on demand. Start with `returns` for
what was read of one file, then `book` for what was merged.
"""
