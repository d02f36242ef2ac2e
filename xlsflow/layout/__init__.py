"""Where each thing lies on a sheet: template -> layout, shared by writer and reader.

Nothing here reads or writes a cell. Start with `sheet_layout`.
"""
