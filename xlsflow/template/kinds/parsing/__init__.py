"""Parsers of typed text: dates, times, Chinese numerals, units, checkboxes, several choices, titles of people.

Nothing here knows a field or a project; a text with more than one reading is never guessed. Start with `parse_date`.
"""
