"""How the facts of a stamp are named in a workbook.

The stamp says which template, round and region a workbook is for. It is stored three times, because spreadsheet
programs lose one place or another when they save: as document properties, on the hidden sheet `_meta`, and as defined
names.
"""

from __future__ import annotations

PROPERTY_PREFIX = "xlsflow."
"""Precedes a fact's name among the document properties and on the hidden sheet: `xlsflow.region`."""

NAME_PREFIX = "xf_"
"""Precedes a fact's name among the defined names: `xf_region`."""

RETURN_KIND = "return"
"""Value of the fact `kind` in a workbook that a region fills in and sends back."""

CONSOLIDATED_KIND = "book"
"""Value of the fact `kind` in a consolidated workbook."""

COORDINATOR_KIND = "coordinator"
"""Value of the fact `kind` of the coordinator's own edits in a consolidated workbook."""
