"""What writer and reader of a file must both know, once: hidden sheets, baseline, our marks, cells and their addresses.

Nothing here opens or writes a file, and nothing here knows a definition. Start with `cells`, then `hidden_pages`.
"""
