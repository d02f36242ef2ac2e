"""Kind `id`: a running number that names a row, such as RW-2026-001."""

from __future__ import annotations

import random
import re
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field as PydanticField
from pydantic import field_validator

from xlsflow.fileformat.cells import Scalar
from xlsflow.i18n import (
    Lang,
    LocalizedText,
)
from xlsflow.template.kinds.field import (
    Alignment,
    EntryRule,
    FieldBase,
    Reading,
    Scope,
    as_text,
    to_half_width,
)

_SHAPE = re.compile(r"([A-Z0-9]+)-[0-9]{4}-(.*?)[0-9]{3,6}")
_REGION_CODE = re.compile(r"[A-Z]{0,6}")
_LOOSE_SHAPE = re.compile(r"([A-Z][A-Z0-9]*?)[-/.]?([0-9]{4})[-/.]?([A-Z]{0,6})-?([0-9]{3,6})")
"""The same with other signs between its parts, or none."""
_STRAY_SIGNS = "。.，,；;“”\"'[]【】()（）"
_CANONICAL = re.compile(r"([A-Z0-9]+)-[0-9]{4}-[A-Z]{0,6}[0-9]{3,6}")
"""An id in which nothing has to be put right."""


class IdField(FieldBase):
    """A running number: prefix, year, number; its shape is kept so that ids of all regions sort and never collide.

    Attributes:
        prefix: What every id starts with (`RW`).
        most: Characters at most.
        numbered: Whether the sheet is issued with the rows numbered already.
    """

    default_width: ClassVar[float] = 13.5
    align: ClassVar[Alignment] = "center"
    kind_label: ClassVar[LocalizedText] = LocalizedText("编号", "ID")

    kind: Literal["id"] = "id"
    prefix: str
    most: int = PydanticField(default=40, ge=26, le=255)  # prefix, year, region and number have room
    numbered: bool = False

    @field_validator("prefix")
    @classmethod
    def _is_a_prefix(cls, prefix: str) -> str:
        if not re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", prefix):
            raise ValueError(f"{prefix!r} is not a prefix: one to eight capital letters and digits, a letter first")
        return prefix

    @property
    def counts_as_content(self) -> bool:
        """Whether an id alone makes a used row: not where it was printed beforehand."""
        return super().counts_as_content and not self.numbered

    @property
    def always_has_digits(self) -> bool:
        """Whether no value of it is without a figure: every id bears a year and a number."""
        return True

    def example_of(self, number: int = 1, year: int = 2026, region: str = "") -> str:
        """Return the id of a number; the region's code keeps two regions' new ids apart."""
        return f"{self.prefix}-{year}-{_region_code(region)}{number:03d}"

    def preset_value(self, number: int, year: int, region: str) -> str | None:
        """Return the id that a blank row is issued with, where rows are numbered beforehand."""
        return self.example_of(number, year, region) if self.numbered else None

    def widest_value(self, region: str) -> str:
        """Return an id with the region's code."""
        return self.example_of(region=region)

    def running_number(self, value: object, year: int, region: str) -> int | None:
        """Return the running number of an id of a year and region; None for any other value."""
        start, text = f"{self.prefix}-{year}-{_region_code(region)}", str(value)
        rest = text.removeprefix(start)
        return int(rest) if self.numbered and text.startswith(start) and rest.isdecimal() else None

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or the shape."""
        return super().help_text(lang, scope) or _ID_HELP.say(lang).format(example=self.example_of())

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the length limit."""
        return EntryRule("length", least=0, most=self.most)

    def is_canonical(self, raw: str) -> bool:
        """Return whether an id is written as it is issued."""
        found = _CANONICAL.fullmatch(raw)
        return found is not None and found[1] == self.prefix

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the id; full-width letters, small letters, long dashes and none have one reading."""
        if isinstance(raw, date):
            return self.unreadable("date_in_text")
        typed = as_text(raw)
        text = re.sub(r"\s+", "", to_half_width(typed)).strip(_STRAY_SIGNS).upper().replace("_", "-")
        if not self._is_shaped(text, scope) and (loose := _LOOSE_SHAPE.fullmatch(text)) and loose[1] == self.prefix:
            text = f"{loose[1]}-{loose[2]}-{loose[3]}{loose[4]}"
        if not self._is_shaped(text, scope):
            return self.unreadable("id_shape", example=self.example_of())
        return self.corrected(text, text, typed)

    def _is_shaped(self, text: str, scope: Scope) -> bool:
        """Return whether a text is prefix, year and number, with letters or a region's code before the number."""
        found = _SHAPE.fullmatch(text)
        if found is None or found[1] != self.prefix:
            return False
        regions = scope.lists.get("regions")
        codes = (choice.code for choice in regions.values) if regions else ()
        return bool(_REGION_CODE.fullmatch(found[2])) or found[2] in map(_region_code, codes)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return an id that is unlikely to come twice."""
        return self.example_of(rng.randrange(1, 999_999))


def _region_code(code: str) -> str:
    """Return a region's code as it stands in an id: letters and digits only, capitals."""
    return re.sub(r"[\W_]", "", to_half_width(code)).upper()


_ID_HELP = LocalizedText("请填编号，写成 {example} 的样子，不能重复。", "An id like {example}; each only once.")
