"""Base class of all kinds of fields: appearance, data validation while typing, reading of returned cells."""

from __future__ import annotations

import keyword
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as PydanticField

from xlsflow.fileformat.cells import CellError, PercentNumber, Scalar, Uncalculated, UnformattedNumber
from xlsflow.findings import Diagnostic
from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.template.expressions.expression import Expr
from xlsflow.template.figures import TimingRule
from xlsflow.template.lists import ChoiceList, fold_text

_NAME = re.compile(r"[a-z][a-z0-9_]*")
Alignment = Literal["left", "center", "right"]
FieldDtype = Literal["string", "datetime", "integer", "number"]


def validated_name(name: str) -> str:
    """Return a name unchanged.

    Raises:
        ValueError: The name cannot be used in data, key rows and expressions.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name: small letters, digits and _ only, a letter first")
    return name


@dataclass(frozen=True, slots=True)
class Scope:
    """The lists and settings of one project, which definitions refer to by name.

    Attributes:
        lists: Name -> choice list: those of the definitions and those of the project (regions, people, ...).
        settings: Name -> number.
        timing: Name of a timing rule -> the limit that the project sets.
    """

    lists: Mapping[str, ChoiceList] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)
    timing: Mapping[str, TimingRule] = field(default_factory=dict)


ColumnMemory = dict[type | None, tuple[dict[Scalar, object], dict[Scalar, Diagnostic]]]
"""Numeric type in a column (numbers are equal across types) -> raw -> value, and raw -> diagnostic."""


class Reading(NamedTuple):
    """Result of reading a cell: its value (None if blank or unreadable), and a diagnostic if there is one."""

    value: object
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class EntryRule:
    """Data validation of a cell, independent of any spreadsheet format.

    Attributes:
        value_type: What is compared with the bounds or the list; `id`: prefix, year and number.
        least: Lower bound: a date, a number or a length.
        most: Upper bound.
        prefix: First part of an id.
        of: Name of the choice list of a dropdown.
        by: Field of the same row whose value filters the list (people by region).
        stop: Whether an invalid entry is rejected rather than only warned about.
    """

    value_type: Literal["list", "date", "decimal", "whole", "length", "id"]
    least: object = None
    most: object = None
    prefix: str = ""
    of: str = ""
    by: str = ""
    stop: bool = True


class FieldBase(BaseModel):
    """A field: a column of a table or an input cell of a form.

    Attributes:
        name: Name in the data; never shown.
        label: Header in the sheet.
        was: Headers of earlier versions or other forms, so that their returns are still recognised.
        help: One sentence on what to enter; by default that of the kind.
        required: Whether it must be filled in a non-empty row.
        width: Column width in characters; by default that of the kind.
        lines: Number of text lines that a blank cell has room for.
        printed: Whether the column is on the printed page.
        full: In a form: whether it takes a whole line.
        fill: Fact of the round that the cell is prefilled with (`round.due`); such a cell is locked.
        defines: Defined name in the workbook that refers to this cell.
        to: Field whose values it must be one of (`requirement.form.req_id`); they are offered in a dropdown.
        per_round: Whether a value is true of one round only; the next workbook has a blank cell with it in a note.
        contact: Whether it holds a telephone number or an address of a person, which can be left out of a report.
        example: Value in an example row.
        since: Version of the pack that first had the field; workbooks of an earlier one need not have it.
        retired: Whether workbooks do not ask for it any more; where an earlier one has it, it is still read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind_label: ClassVar[LocalizedText] = untranslated("")
    dtype: ClassVar[FieldDtype] = "string"
    align: ClassVar[Alignment] = "left"
    number_format: ClassVar[str] = "@"
    default_width: ClassVar[float] = 16.0
    computed: ClassVar[bool] = False

    name: str
    kind: str
    label: LocalizedText
    was: tuple[str, ...] = ()
    help: LocalizedText | None = None
    required: bool = False
    width: float | None = PydanticField(default=None, gt=0, le=255)
    lines: int = PydanticField(default=1, ge=1, le=40)
    printed: bool = True
    full: bool = False
    fill: str = ""
    defines: str = ""
    to: str = ""
    per_round: bool = False
    contact: bool = False
    example: str = ""
    since: int = PydanticField(default=1, ge=1)
    retired: bool = False

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        # Expressions are parsed by Python's own parser, which takes `in` or `is` for no name.
        if keyword.iskeyword(name):
            raise ValueError(f"{name!r} is a word of the rule language and cannot name a field")
        return validated_name(name)

    def column_width(self, lang: Lang) -> float:  # noqa: ARG002 - a kind may need more room in one language
        """Return the column width in characters of the body font; a kind may depend on the language."""
        return self.width or self.default_width

    def help_text(self, lang: Lang, scope: Scope) -> str:  # noqa: ARG002
        """Return what to enter, for the cell's input message, the data dictionary and findings."""
        return self.help.say(lang) if self.help else ""

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the data validation of the cell, None if any entry is accepted."""
        return None

    @property
    def is_typed(self) -> bool:
        """Whether people fill it in: the workbook does that itself if it is computed, prefilled or workbook-level."""
        return not self.computed and not self.fill and not self.defines

    @property
    def counts_as_content(self) -> bool:
        """Whether a value in this field makes a row non-empty."""
        return self.is_typed

    @property
    def numeric(self) -> bool:
        """Whether the cell holds a number rather than text; in a spreadsheet a date is a number."""
        return self.dtype != "string"

    @property
    def is_share(self) -> bool:
        """Whether the values are percentages, which a row of totals averages instead of adding them up."""
        return False

    @property
    def names_a_person(self) -> bool:
        """Whether the values are names of people."""
        return False

    @property
    def always_has_digits(self) -> bool:
        """Whether every value contains digits: dates, numbers, ids. Tells a data row from a repeated header."""
        return self.numeric and not self.computed

    @property
    def display_format(self) -> str:
        """Excel number format of the cell."""
        return self.number_format

    @property
    def alarm(self) -> bool:
        """Whether a number above 0 is highlighted (days overdue)."""
        return False

    @property
    def expression(self) -> Expr | None:
        """Expression of a computed value, None if the value is typed."""
        return None

    def numbered_value(self, number: int, year: int, region: str) -> str | None:  # noqa: ARG002 - only an id is numbered
        """Return the id of a number, for a new row of a region; None if values are no running numbers."""
        return None

    def preset_value(self, number: int, year: int, region: str) -> str | None:  # noqa: ARG002 - only an id is numbered
        """Return the id that a blank row of an outgoing workbook has already, None if it has none."""
        return None

    def widest_value(self, region: str) -> str:  # noqa: ARG002 - only an id has a shape
        """Return a typical value if all values of a region are equally wide, else an empty text."""
        return ""

    def running_number(self, value: object, year: int, region: str) -> int | None:  # noqa: ARG002 - only an id is numbered
        """Return the number in an id that `numbered_value` created for a year and region, None for any other value."""
        return None

    def without_leading_zeros(self, value: str) -> str:
        """Return the form in which ids are equal that differ by leading zeros of their number only."""
        return value

    def regions_in(self, values: Sequence[object], codes: Sequence[str]) -> list[str]:  # noqa: ARG002 - only an id has one
        """Return for each value the region code that is a part of it; empty where there is none."""
        return [""] * len(values)

    def checkbox_labels(self, lang: Lang, scope: Scope) -> tuple[str, ...]:  # noqa: ARG002 - only a choice has boxes
        """Return the labels of the checkboxes that a form shows beside the cell, for use on paper."""
        return ()

    def list_name(self) -> str:
        """Return the name of the choice list of the field's codes, empty if there is none."""
        return ""

    def excluded_list(self) -> str:
        """Return the name of the list whose values are rejected here, empty if there is none."""
        return ""

    @property
    def separators(self) -> tuple[str, ...]:
        """Characters that prove a text to hold several values where only one is allowed."""
        return ()

    def read(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the value of a returned cell if it can be read in exactly one way, else a diagnostic."""
        if raw is None:
            return Reading(None)
        if isinstance(raw, str):
            raw = raw.strip(WHITESPACE)
            if not raw:
                return Reading(None)
            # Only where a value is required must somebody type what the picture shows.
            if raw.startswith(PICTURE_FORMULAS):
                return Reading(None, Diagnostic("picture_for_words" if self.required else "picture_in_cell"))
        elif isinstance(raw, CellError):
            return Reading(None, Diagnostic("error_cell"))
        elif isinstance(raw, Uncalculated):
            return Reading(None, Diagnostic("formula_without_value"))
        reading = self.parse(raw, scope)
        # Only an optional field: "none" in a required one stays an error that somebody must correct.
        is_unreadable = reading.value is None and reading.diagnostic is not None
        if isinstance(raw, str) and not self.required and is_unreadable and fold_text(raw) in BLANK_WORDS:
            return Reading(None, Diagnostic("read_as_blank"))
        return reading

    def is_canonical(self, raw: str) -> bool:  # noqa: ARG002 - texts and ids override it
        """Return whether a text is surely its own value, so that `read` can be skipped for speed."""
        return False

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the value of a cell that is not blank; each kind implements it."""
        raise NotImplementedError

    def write(self, value: object, lang: Lang, scope: Scope) -> object:  # noqa: ARG002
        """Return the cell content that shows a value in a sheet."""
        return value

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return a valid value, for tests and examples."""
        raise NotImplementedError

    def unreadable(self, code: str, **facts: str | LocalizedText) -> Reading:
        """Return a reading without value, with the reason as a diagnostic."""
        return Reading(None, Diagnostic(code, facts))

    def corrected(self, value: object, read: str | LocalizedText, typed: str = "") -> Reading:
        """Return a value with a `read_as` diagnostic, unless it was typed exactly as it is shown.

        Args:
            value: The value.
            read: How a sheet shows the value.
            typed: The text of the cell; empty if it differs for certain.
        """
        text = read if isinstance(read, LocalizedText) else untranslated(read)
        # In either language: whoever typed the English label into a Chinese sheet typed a label all the same.
        if typed and typed in text.both():
            return Reading(value)
        return Reading(value, Diagnostic("read_as", {"read": text}))

    def read_column(
        self, raws: Sequence[Scalar], scope: Scope, memory: ColumnMemory | None = None
    ) -> tuple[list[object], dict[int, Diagnostic]]:
        """Read a whole column; each distinct raw value is parsed only once.

        Args:
            raws: The cells, in any order.
            scope: The project's lists and settings.
            memory: What earlier columns of this field were read as, with the same scope; it is added to.

        Returns:
            The values, and position -> diagnostic for the cells that have one.
        """
        # 1, 1.0 and True would share one entry of the dicts below.
        numeric = _EQUAL_ACROSS_TYPES.intersection(map(type, raws))
        if len(numeric) > 1:
            return self._read_mixed_column(raws, scope)
        values, diagnostics = ({}, {}) if memory is None else memory.setdefault(next(iter(numeric), None), ({}, {}))
        # Forgetting all at once is simple and costs little: what repeats is remembered again at its next cell.
        if len(values) > _MOST_REMEMBERED:
            values.clear()
            diagnostics.clear()
        # A blank needs no reading, whatever the kind.
        values[None] = None
        for raw in set(raws).difference(values):
            if isinstance(raw, str) and self.is_canonical(raw) and not raw.startswith(PICTURE_FORMULAS):
                values[raw] = raw
                continue
            values[raw], diagnostic = self.read(raw, scope)
            if diagnostic is not None:
                diagnostics[raw] = diagnostic
        column = [values[raw] for raw in raws]
        if not diagnostics:
            return column, {}
        return column, {position: diagnostics[raw] for position, raw in enumerate(raws) if raw in diagnostics}

    def _read_mixed_column(self, raws: Sequence[Scalar], scope: Scope) -> tuple[list[object], dict[int, Diagnostic]]:
        """Read a column with several numeric types: 1, 1.0 and True are one dict key but read differently."""
        # The type is part of the key, since 1, 1.0 and True are equal.
        by_type = {key: self.read(key[1], scope) for key in {(type(raw), raw) for raw in raws}}
        readings = [by_type[type(raw), raw] for raw in raws]
        values = [reading.value for reading in readings]
        return values, {
            position: reading.diagnostic for position, reading in enumerate(readings) if reading.diagnostic is not None
        }


WHITESPACE = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u202f\u205f\u2060\u3000\ufeff"
)
"""Whitespace and invisible characters that typing or pasting can leave around a text."""
# Distinct raw values of one field that are remembered: a file of nothing but different texts must not fill memory.
_MOST_REMEMBERED = 20_000
# Types whose values compare equal across types.
_EQUAL_ACROSS_TYPES = frozenset((bool, int, float, PercentNumber, UnformattedNumber))
# Readers give the text of this formula, or nothing.
PICTURE_FORMULAS = ("=DISPIMG(", "=_xlfn.DISPIMG(")
"""Start of the formula text that WPS stores in a cell with an embedded picture."""
BLANK_WORDS = frozenset(
    ("-", "--", "—", "——", "/", "\\", "无", "没有", "暂无", "空", "n/a", "na", "n.a.", "none", "nil", "null")
)
"""Folded texts that mean "no value". `待定` (to be decided) is not one of them: it is information."""
# Full-width character -> half-width character. NFKC is not used here because it would turn ² and ③ into 2 and 3.
_HALF_WIDTH: Mapping[int, int | str | None] = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),  # word processors replace a typed hyphen by these
    **dict.fromkeys(map(ord, WHITESPACE), " "),
    **{ord(blank): blank for blank in "\t\r\n"},
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None),
    ord("￥"): "¥",
}


def to_half_width(text: str) -> str:
    """Return a text in half width with every dash as a hyphen, as codes, numbers and dates are parsed."""
    return text.translate(_HALF_WIDTH).strip(WHITESPACE)
