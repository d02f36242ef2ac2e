"""Tests of `xlsflow.template`: kinds of fields, choice lists, rules, expressions, loading, variants."""
