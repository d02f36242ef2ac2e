"""Packs that the engine was not written for, and what fills any pack the way a region would."""
