"""The first page of a report: conclusion, key figures, what needs attention, small tables and charts.

Figures are computed in `figures`, never here; this package only selects and words them. Start with `overview`.
"""
