"""Kind `id`: a running number that identifies a row, such as RW-2026-001."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field as PydanticField
from pydantic import field_validator

from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.template.kinds.field import Alignment, EntryRule, FieldBase, Reading, Scope, to_half_width

# The middle part is free here: a region's code may be Chinese. `_is_shaped` compares it with the project's codes.
_SHAPE = re.compile(r"([A-Z0-9]+)-[0-9]{4}-(.*?)[0-9]{3,6}")
_REGION_CODE = re.compile(r"[A-Z]{0,6}")
# An id with other separators between its parts, or none.
_LOOSE_SHAPE = re.compile(r"([A-Z][A-Z0-9]*?)[-/.]?([0-9]{4})[-/.]?([A-Z]{0,6})-?([0-9]{3,6})")
_STRAY_SIGNS = "。.，,；;“”\"'[]【】()（）"
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9]+$)")
_NUMBER_ZERO = re.compile(r"(?<![0-9])0+$")
# An id that needs no correction.
_CANONICAL = re.compile(r"([A-Z0-9]+)-[0-9]{4}-[A-Z]{0,6}(?!0+$)[0-9]{3,6}")


class IdField(FieldBase):
    """An id of prefix, year and number; the fixed shape lets the ids of all regions sort and never collide.

    Attributes:
        prefix: First part of every id (`RW`).
        also: Other prefixes that are accepted, such as an earlier one.
        most: Maximum number of characters.
        numbered: Whether the rows of an outgoing workbook have ids already.
    """

    default_width: ClassVar[float] = 13.5
    align: ClassVar[Alignment] = "center"
    kind_label: ClassVar[LocalizedText] = LocalizedText("编号", "ID")

    kind: Literal["id"] = "id"
    prefix: str
    also: tuple[str, ...] = ()
    most: int = PydanticField(default=40, ge=26, le=255)  # the longest prefix, year, region code and number fit
    numbered: bool = False

    @field_validator("prefix")
    @classmethod
    def _is_a_prefix(cls, prefix: str) -> str:
        if not re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", prefix):
            raise ValueError(f"{prefix!r} is not a prefix: one to eight capital letters and digits, a letter first")
        return prefix

    @property
    def counts_as_content(self) -> bool:
        """Whether an id alone makes a row non-empty: not if blank rows are numbered already."""
        return super().counts_as_content and not self.numbered

    @property
    def always_has_digits(self) -> bool:
        """True: every id contains a year and a number."""
        return True

    def example_of(self, number: int = 1, year: int = 2026, region: str = "") -> str:
        """Return the id of a number; the region code keeps new ids of different regions apart."""
        return f"{self.prefix}-{year}-{_region_code(region)}{number:03d}"

    def numbered_value(self, number: int, year: int, region: str) -> str | None:
        """Return the id of a number; None if the values are ids of other rows."""
        return None if self.to else self.example_of(number, year, region)

    def preset_value(self, number: int, year: int, region: str) -> str | None:
        """Return the id of a blank row in an outgoing workbook, None if rows are not numbered."""
        return self.example_of(number, year, region) if self.numbered else None

    def widest_value(self, region: str) -> str:
        """Return a typical id with the region's code."""
        return self.example_of(region=region)

    def running_number(self, value: object, year: int, region: str) -> int | None:
        """Return the number in an id that `numbered_value` created for a year and region, None for any other value."""
        start, text = f"{self.prefix}-{year}-{_region_code(region)}", str(value)
        rest = text.removeprefix(start)
        # Numbers of other years and regions do not count: theirs run on their own.
        return int(rest) if text.startswith(start) and rest.isdecimal() else None

    def without_leading_zeros(self, value: str) -> str:
        """Return the id with its number as short as it can be."""
        return _LEADING_ZEROS.sub("", value)

    def regions_in(self, values: Sequence[object], codes: Sequence[str]) -> list[str]:
        """Return the region code in each id: HD in RW-2026-HD001."""
        parts = {_region_code(code): code for code in codes}
        found = (_SHAPE.fullmatch(str(value)) for value in values)
        return [parts.get(match[2], "") if match else "" for match in found]

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the author's help text, or an example."""
        return super().help_text(lang, scope) or _ID_HELP.say(lang).format(example=self.example_of())

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the shape and the maximum length."""
        return EntryRule("id", least=0, most=self.most, prefix=self.prefix)

    def is_canonical(self, raw: str) -> bool:
        """Return whether an id needs no correction."""
        match = _CANONICAL.fullmatch(raw)
        return match is not None and self._has_prefix(match[1])

    def _has_prefix(self, text: str) -> bool:
        return text == self.prefix or text in self.also

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the id, correcting full-width and lower-case letters and wrong or missing separators."""
        # Excel turns 3-4 into a date when it is typed into a cell that is not formatted as text.
        if isinstance(raw, date):
            return self.unreadable("date_in_text")
        typed = display_text(raw)
        # Ids are pasted from messages, with blanks, brackets and full-width letters around and in them.
        text = re.sub(r"\s+", "", to_half_width(typed)).strip(_STRAY_SIGNS).upper().replace("_", "-")
        if not self._is_shaped(text, scope) and (loose := _LOOSE_SHAPE.fullmatch(text)) and self._has_prefix(loose[1]):
            text = f"{loose[1]}-{loose[2]}-{loose[3]}{loose[4]}"
        if not self._is_shaped(text, scope):
            return self.unreadable("id_shape", example=self.example_of())
        if _NUMBER_ZERO.search(text):
            return Reading(text, Diagnostic("id_zero"))
        return self.corrected(text, text, typed)

    def _is_shaped(self, text: str, scope: Scope) -> bool:
        """Return whether a text is prefix, year and number, with letters or a region code before the number."""
        match = _SHAPE.fullmatch(text)
        if match is None or not self._has_prefix(match[1]):
            return False
        # Codes of regions may contain Chinese characters or be longer than the letters that _REGION_CODE allows.
        regions = scope.lists.get("regions")
        codes = (choice.code for choice in regions.values) if regions else ()
        return bool(_REGION_CODE.fullmatch(match[2])) or match[2] in map(_region_code, codes)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return an id that is unlikely to repeat."""
        return self.example_of(rng.randrange(1, 999_999))


def region_in_id(key: str, codes: Iterable[str]) -> str:
    """Return the region whose code is in an id, between year and number; empty where none is.

    >>> region_in_id("RW-2026-HD001", ["HB", "HD"]), region_in_id("RW-2026-001", ["HD"])
    ('HD', '')
    """
    match = _SHAPE.fullmatch(key)
    return next((code for code in codes if match and match[2] and _region_code(code) == match[2]), "")


@lru_cache(maxsize=4096)  # every id of every file is looked at beside the codes of all regions
def _region_code(code: str) -> str:
    """Return a region's code as a part of an id: upper case, letters and digits only."""
    return re.sub(r"[\W_]", "", to_half_width(code)).upper()


_ID_HELP = LocalizedText("请填编号，写成 {example} 的样子，不能重复。", "An ID like {example}; each must be unique.")
