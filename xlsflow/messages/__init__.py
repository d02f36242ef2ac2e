"""Every code of a finding or an error, with its severity and its sentence in Chinese and English.

Nothing here looks at a file: rooms raise a code with facts, the sentence is put together here. A sentence says what was
found and what to do, for a reader who does not program; the same sentence goes to the coordinator and to the region, so
it addresses neither. `{file} {sheet} {cell} {label} {value}` are known to every finding, other names are its facts.
Codes are stable, since tests, documentation and waivers refer to them. Start with `entry.py`, then `data.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.about_files import FILES
from xlsflow.messages.about_sheets import SHEETS
from xlsflow.messages.about_values import DATA
from xlsflow.messages.about_work import REFUSING, WORK
from xlsflow.messages.coded_message import CodedMessage

CATALOGUE: Mapping[str, CodedMessage] = {**DATA, **FILES, **SHEETS, **WORK}
"""Code -> severity and sentence, in groups by what raises them."""

REFUSALS = frozenset(FILES) | REFUSING
"""Codes of files that are not read at all, so that no waiver can accept them."""

__all__ = ["CATALOGUE", "REFUSALS", "Entry"]
