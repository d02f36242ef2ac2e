"""Loading of definitions from TOML, with a message and a key path for every error of their author.

Nothing here knows workbooks or projects; no other package reads definition files. Start with `load`.
"""
