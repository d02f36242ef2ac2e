"""What has changed over the rounds: the trend of the figures, and what each item has done since the last round.

It reads the history and the stored rounds of the book, never other books. Nothing here knows a file format. Start with
`rounds`, then `changes`.
"""
