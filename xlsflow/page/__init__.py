"""The page that checks a workbook in a browser: one HTML file with its runtime, this package's code and definitions.

What is checked is decided elsewhere: the page only carries the step for one file and shows what it returns. Nothing
here reads a workbook. Start with `document`, which puts the file together, then `runtime`, which has its parts.
"""
