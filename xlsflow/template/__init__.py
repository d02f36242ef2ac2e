"""WHAT IS ASKED: the definitions that everything else is derived from."""
