"""Layout of sheets: the rows and columns of every block, computed from its template.

The writer of outgoing workbooks and the reader of returns share it; nothing here reads or writes a cell. Start with
`sheet_layout.lay_out`, then `block_layouts` for the values that it returns.
"""
