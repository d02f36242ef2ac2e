"""How typed text is understood: dates, times, Chinese numerals, units, ticked boxes, lists of values, people's titles.

Nothing here knows a field or a project. Start with `parse_date`.
"""
