"""Reading a consolidated workbook back: the returns that it was made from, and what the coordinator has edited in it.

Nothing here merges. Start with `returns_in`; `nested` takes apart and puts together the books of several projects.
"""
