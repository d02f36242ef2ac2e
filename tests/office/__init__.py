"""A real spreadsheet program for tests and samples: opens, fills, saves and prints workbooks as a region would."""

from tests.office.libreoffice import Cell, Document, Entry, Office, OfficeError, Validation
from tests.office.pages import render, text

__all__ = ["Cell", "Document", "Entry", "Office", "OfficeError", "Validation", "render", "text"]
