"""Reads .xls, .xlsb and .ods files: calamine reads the cells, and a scan adds what calamine does not report.

It also finds out which program saved the file, and when. Nothing here reads stamps, or knows what the cells mean. Start
with `calamine_reader`.
"""
