"""The reader of .xlsx and .xlsm: zip parts, XML, texts, values, rows.

Nothing here knows what the cells mean. Start with `workbook_xml`.
"""
