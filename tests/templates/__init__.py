"""Tests of the built-in templates and packs, and of folders with own templates."""
