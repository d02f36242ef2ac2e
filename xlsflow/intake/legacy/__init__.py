"""Reads .xls, .xlsb and .ods files: calamine reads the cells, and a scan adds what calamine does not report.

Nothing here reads properties, names or stamps, or knows what the cells mean. Start with `calamine_reader`.
"""
