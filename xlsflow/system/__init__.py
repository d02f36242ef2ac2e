"""What touches the machine: files written atomically, LibreOffice, zip files, the data that ships with the package.

Nothing here knows what a workbook of xlsflow contains. Start with `atomic_write`.
"""
