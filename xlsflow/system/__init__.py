"""What touches the machine: files written whole, LibreOffice, zip files, the data that the package ships.

Nothing here knows what a workbook of xlsflow is. Start with `atomic_write`.
"""
