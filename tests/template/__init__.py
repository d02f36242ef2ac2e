"""Definitions, kinds of field, rules, the expression language."""
