"""Figures and listings."""
