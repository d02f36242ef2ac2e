"""Definitions -> what must hold, asked of whole frames (pandera, once a block) or row by row (few rows, no pandas)."""
