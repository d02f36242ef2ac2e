"""The rules of the house and their test."""
