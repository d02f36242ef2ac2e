"""Kind `text`: words, short or long."""

from __future__ import annotations

import random
import unicodedata
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field as Given

from xlsflow.cells import Scalar
from xlsflow.template.kinds.base import Align, EntryRule, FieldBase, Reading, Scope, as_text

EXCEL_DIGITS = 15
"""Excel keeps 15 significant digits of a number and replaces the rest by zeros."""
CELL_LIMIT = 32767
"""Characters that an Excel cell can hold."""


class TextField(FieldBase):
    """Words as typed; outer blanks are not part of them.

    Attributes:
        most: Characters at most.
        centred: Whether it stands centred (a name, a short word).
    """

    usual_width: ClassVar[float] = 18.0
    align: ClassVar[Align] = "left"

    kind: Literal["text"] = "text"
    most: int = Given(default=2000, ge=1, le=CELL_LIMIT)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the length limit."""
        return EntryRule("length", least=0, most=self.most)

    def understand(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the words; a number is read as its digits unless Excel has lost some."""
        if isinstance(raw, date):
            return self.problem("date_in_text")
        if isinstance(raw, float) and abs(raw) >= 10**EXCEL_DIGITS:
            return self.problem("digits_lost")
        text = unicodedata.normalize("NFC", as_text(raw)).replace("\r\n", "\n").replace("_x000D_\n", "\n")
        if len(text) > self.most:
            return self.problem("too_long", length=str(len(text)), limit=str(self.most))
        return Reading(text)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a few words."""
        words = ("确认仓储容量", "review scope", "与供应商核对", "=不是公式", "第二批 18 家", "it's fine", "下周一前完成")
        return rng.choice(words)[: self.most].strip() or "x"
