"""The expression language of rules and computed fields: syntax, types, meaning for one row.

Nothing here knows Excel or pandas. Start with `expression`.
"""
