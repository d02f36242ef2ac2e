"""TOML -> definitions, or every mistake of their author with its place.

Nothing here knows a workbook. Start with `load`.
"""
