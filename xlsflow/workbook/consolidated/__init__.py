"""The consolidated workbook: data pages, dashboard, charts.

Nothing here computes a figure. Start with `page_model`, then `writer`.
"""
