"""The post of a round: letters that go out, returns that come back, the journal of both, and the board made of it.

Nothing here reads a cell of a workbook, decides whether a return is right, or knows where a project keeps its files.
Secrets come from the environment or the keyring and are in no file, journal or message. Start with `journal`, which
has the states of a letter, then `smtp`.
"""
