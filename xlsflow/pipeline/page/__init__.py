"""The page that checks a workbook in a browser: what goes into it, and what runs in it.

Nothing here draws the page or knows a browser; that is the room `page`. Start with `check_in_page`, which is called in
the browser, then `write_page`.
"""
