"""What the writer and the reader of a file must both know, each fact once: names, prefixes, limits and encodings.

Nothing here opens or writes a file, and nothing here knows a template. Start with `cells` (addresses and values), then
`hidden_sheets` and `key_row` (how an outgoing workbook is recognised when it comes back).
"""
