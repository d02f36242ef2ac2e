"""What somebody is to do now: whom to remind of what by the ladder of escalation, and what is to be decided today.

It selects and words; figures come from `figures` and `over_rounds`. Nothing here knows a file format. Start with
`escalation`, then `decisions`.
"""
