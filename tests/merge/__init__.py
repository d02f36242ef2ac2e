"""The join of returns and books."""
