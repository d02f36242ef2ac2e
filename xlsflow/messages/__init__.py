"""Every code of a finding or an error, with its severity and its sentence in Chinese and English.

Nothing here looks at a file: other packages raise a code with facts, and the sentence is composed here. Start with
`coded_message`, which has the rules for sentences, then `about_values`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.about_files import FILES
from xlsflow.messages.about_page import PAGE_MESSAGES
from xlsflow.messages.about_post import POST
from xlsflow.messages.about_sheets import SHEETS
from xlsflow.messages.about_values import DATA
from xlsflow.messages.about_work import REFUSING, WORK
from xlsflow.messages.coded_message import CodedMessage

CATALOGUE: Mapping[str, CodedMessage] = {**DATA, **FILES, **SHEETS, **WORK, **POST, **PAGE_MESSAGES}
"""Code -> severity and sentence, in groups by what raises them."""

REFUSALS = frozenset(FILES) | REFUSING
"""Codes of files that are not read at all, so that no waiver can accept them."""

__all__ = ["CATALOGUE", "REFUSALS"]
