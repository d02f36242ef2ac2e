"""Constraints, asked of frames and row by row."""
