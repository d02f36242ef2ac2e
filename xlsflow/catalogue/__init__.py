"""Every code that a finding or a refusal can bear, with its severity and its sentence in zh and en.

A sentence names what was found and what to do, in words a non-programmer understands. `{file} {sheet} {cell} {label}
{value}` are always known to a finding; other names are facts that it carries. Codes are stable: tests, docs and waivers
refer to them.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.catalogue.data import DATA
from xlsflow.catalogue.entry import Entry
from xlsflow.catalogue.files import FILES
from xlsflow.catalogue.sheets import SHEETS
from xlsflow.catalogue.work import REFUSING, WORK

CATALOGUE: Mapping[str, Entry] = {**DATA, **FILES, **SHEETS, **WORK}
"""Code -> severity and sentence. The groups follow the rooms that raise them."""

REFUSALS = frozenset(FILES) | REFUSING
"""Codes of files that are not read at all: nothing can be accepted of them."""

__all__ = ["CATALOGUE", "REFUSALS", "Entry"]
