"""Kind `text`: free text."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field as PydanticField

from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.fileformat.excel_limits import EXACT_LIMIT, MAX_CELL_TEXT
from xlsflow.i18n import LocalizedText
from xlsflow.template.kinds.field import WHITESPACE, Alignment, EntryRule, FieldBase, Reading, Scope

# Line endings other than `\n`; Excel writes a carriage return in XML as `_x000D_`.
_LINE_END = re.compile(r"(?:_x000D_|\r)\n?|[\v\f\u2028\u2029]")
# Control characters, which no cell can show; most of them cannot occur in XML.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class TextField(FieldBase):
    """Text as typed, without surrounding whitespace.

    Attributes:
        most: Maximum number of characters.
    """

    default_width: ClassVar[float] = 18.0
    align: ClassVar[Alignment] = "left"
    kind_label: ClassVar[LocalizedText] = LocalizedText("文字", "text")

    kind: Literal["text"] = "text"
    most: int = PydanticField(default=2000, ge=1, le=MAX_CELL_TEXT)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the maximum length."""
        return EntryRule("length", least=0, most=self.most)

    def is_canonical(self, raw: str) -> bool:
        """Return whether `parse` would return the text unchanged; `isprintable` excludes all whitespace but spaces."""
        return (
            raw.isprintable()
            and 0 < len(raw) <= self.most
            and raw[0] != " " != raw[-1]
            and "_x000D_" not in raw
            and unicodedata.is_normalized("NFC", raw)
        )

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the text; a number is read as its digits unless it has more than Excel can store."""
        if isinstance(raw, date):
            return self.unreadable("date_in_text")
        # Excel keeps 15 digits of a number: those of a longer order or card number are zeros, and nobody can tell
        # which.
        if isinstance(raw, float | int) and abs(raw) >= EXACT_LIMIT:
            return self.unreadable("digits_lost")
        # NFC: what looks the same must be equal, whether é came as one character or as two.
        text = _LINE_END.sub("\n", unicodedata.normalize("NFC", display_text(raw)))
        text = _CONTROL.sub("", text).strip(WHITESPACE)
        if len(text) > self.most:
            return self.unreadable("too_long", length=str(len(text)), limit=str(self.most))
        return Reading(text or None)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a short text."""
        texts = (
            "确认仓储容量", "review scope", "与供应商核对", "=不是公式", "第二批 18 家", "it's fine", "下周一前完成",
        )  # fmt: skip
        return rng.choice(texts)[: self.most].strip() or "x"
