"""Test packs that the code does not know, and helpers that fill in any pack as a region would."""
