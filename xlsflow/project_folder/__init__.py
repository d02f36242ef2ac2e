"""The commands inside a project folder: they find project, round and files themselves, and keep the round's journal.

A project folder holds `project.xlsx`, `xlsflow.toml`, the texts of letters, and a folder for each round. Nothing here
reads cells or speaks to a server: that is done by `api`, `pipeline` and `post`. Start with `folder`.
"""
