"""Reading in a child process within limits: a hostile file can end that process and nothing else.

Nothing here knows a definition. Start with `reader_pool`.
"""
