"""Turns returned files into raw tables: opens them in a child process, recognises their sheets, locates their blocks.

Nothing here interprets a value or judges it: that is for `template.kinds` and `checks`. Start with `grid`,
then follow one file through `isolation.reader_pool`, `xlsx.workbook_xml` and `recognition.recogniser`.
"""
