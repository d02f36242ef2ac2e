"""Templates: the definitions of sheets, packs, choice lists and rules from which everything else is derived.

Nothing here knows Excel, pandas or a file that comes back. Start with `model`, then `kinds` (types of fields) and
`loading` (how TOML becomes a definition).
"""
