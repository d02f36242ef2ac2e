"""Clock, files, package data."""
