"""The expression language of rules and computed fields: syntax, type checker, evaluation for one row.

Nothing here knows Excel or pandas; those back ends are in `workbook` and `checks`. Start with `expression`.
"""
