"""Writes the consolidated workbook: data pages of any length, and dashboards with small tables and charts.

Nothing here computes a figure: pages arrive as plain values. Start with `page_model` (the values), then `writer`.
"""
