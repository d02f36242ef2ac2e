"""The readers of .xls, .xlsb and .ods: calamine, and a scan for what calamine does not report.

Nothing here knows what the cells mean. Start with `calamine_reader`.
"""
