"""What every kind of field can say of itself: how it looks, what may be typed, how a typed value is read."""

from __future__ import annotations

import keyword
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Given

from xlsflow.fileformat.cells import (
    CellError,
    Scalar,
    Uncalculated,
    shown,
)
from xlsflow.findings import Diagnostic
from xlsflow.i18n import (
    Lang,
    LocalizedText,
    untranslated,
)
from xlsflow.template.expressions.expression import Expr
from xlsflow.template.lists import ChoiceList, folded

_NAME = re.compile(r"[a-z][a-z0-9_]*")
Align = Literal["left", "center", "right"]
DType = Literal["string", "datetime", "integer", "number"]


def a_name(name: str) -> str:
    """Return a name as it is, or raise where it could not stand in data, key rows and rules."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name: small letters, digits and _ only, a letter first")
    return name


@dataclass(frozen=True, slots=True)
class Scope:
    """What definitions are resolved against: the lists and figures of one project.

    Attributes:
        lists: Name -> choice list: the built-in ones and those that the project names (regions, people, ...).
        settings: Name -> figure.
    """

    lists: Mapping[str, ChoiceList] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)


ColumnMemory = dict[type | None, tuple[dict[Scalar, object], dict[Scalar, Diagnostic]]]
"""Type of the numbers in a column (they are equal across types) -> raw -> value, and raw -> diagnostic."""


class Reading(NamedTuple):
    """What a cell was read as: a value (None where blank or unreadable), and what is to be said of it."""

    value: object
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class EntryRule:
    """What a cell accepts while it is typed in, without a word of any spreadsheet format.

    Attributes:
        sort: What is held against bounds or a list.
        least: Lower bound; a date, a number or a length.
        most: Upper bound.
        of: Name of the choice list behind a dropdown.
        by: Field of the same row that narrows the list (a person by region).
        stop: Whether a wrong entry is refused, or only warned of.
    """

    sort: Literal["list", "date", "decimal", "whole", "length"]
    least: object = None
    most: object = None
    of: str = ""
    by: str = ""
    stop: bool = True


class FieldBase(BaseModel):
    """One thing that is asked: a column of a table, a line of a form.

    Attributes:
        name: Name in the data; never shown.
        label: Header in the sheet.
        was: Headers of earlier versions or of other forms, so that their returns are still read.
        help: One sentence on what to write; the kind's own sentence where there is none.
        required: Whether a used row must have it.
        width: Width of the column in characters; the kind's own where there is none.
        lines: Lines that a blank cell leaves room for.
        printed: Whether the column is on the printed page.
        full: In a form: whether it takes a whole line.
        fill: Which fact of the round the sheet is issued with (`round.due`); such a cell is locked.
        defines: Workbook name that refers to this cell.
        to: Where the value must stand (`requirement.form.req_id`), and the dropdown that it gets.
        example: What an example row shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    called: ClassVar[LocalizedText] = untranslated("")
    dtype: ClassVar[DType] = "string"
    align: ClassVar[Align] = "left"
    number_format: ClassVar[str] = "@"
    usual_width: ClassVar[float] = 16.0
    computed: ClassVar[bool] = False

    name: str
    kind: str
    label: LocalizedText
    was: tuple[str, ...] = ()
    help: LocalizedText | None = None
    required: bool = False
    width: float | None = Given(default=None, gt=0, le=255)
    lines: int = Given(default=1, ge=1, le=40)
    printed: bool = True
    full: bool = False
    fill: str = ""
    defines: str = ""
    to: str = ""
    example: str = ""

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if keyword.iskeyword(name):
            raise ValueError(f"{name!r} is a word of the rule language and cannot name a field")
        return a_name(name)

    def room(self, lang: Lang) -> float:  # noqa: ARG002 - a kind may need more room in one language
        """Return the column width in characters of the body font."""
        return self.width or self.usual_width

    def sentence(self, lang: Lang, scope: Scope) -> str:  # noqa: ARG002
        """Return what to write here, for the cell's help, the data dictionary and the finding."""
        return self.help.say(lang) if self.help else ""

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return what the cell accepts while it is typed in, or None where anything goes."""
        return None

    @property
    def makes_row(self) -> bool:
        """Whether a value here makes a row a used one: not what is worked out, issued or set for the whole book."""
        return not self.computed and not self.fill and not self.defines

    @property
    def numeric(self) -> bool:
        """Whether its cell holds a number (a day is one too) rather than words."""
        return self.dtype != "string"

    @property
    def has_figures(self) -> bool:
        """Whether no value of it is without a figure: a day, a number, an id."""
        return self.numeric and not self.computed

    @property
    def display_format(self) -> str:
        """How a spreadsheet program shows the value."""
        return self.number_format

    @property
    def alarm(self) -> bool:
        """Whether a figure above 0 stands out (days overdue)."""
        return False

    @property
    def expression(self) -> Expr | None:
        """What the value is worked out by, or None where it is typed."""
        return None

    def issued(self, number: int, year: int, region: str) -> str | None:  # noqa: ARG002 - only an id is numbered
        """Return the running number that a blank row is issued with, or None where it is issued blank."""
        return None

    def shape(self, region: str) -> str:  # noqa: ARG002 - only an id has a shape
        """Return a value as wide as the region's usual ones, where all of them have one shape; else nothing."""
        return ""

    def number_of(self, value: object, year: int, region: str) -> int | None:  # noqa: ARG002 - only an id is numbered
        """Return the running number of what was issued for a year and region; None for any other value."""
        return None

    def boxes(self, lang: Lang, scope: Scope) -> tuple[str, ...]:  # noqa: ARG002 - only a choice has boxes
        """Return the labels that a printed form shows with a box to tick beside the cell."""
        return ()

    def list_name(self) -> str:
        """Return the choice list that the field's codes belong to, empty where there is none."""
        return ""

    def refused_list(self) -> str:
        """Return the list none of whose values may stand here, empty where there is none."""
        return ""

    @property
    def parting(self) -> tuple[str, ...]:
        """Signs that surely part several values where only one may stand."""
        return ()

    def read(self, raw: Scalar, scope: Scope) -> Reading:
        """Return what a returned cell says: the value where it has exactly one reading."""
        if raw is None:
            return Reading(None)
        if isinstance(raw, str):
            raw = raw.strip(BLANKS)
            if not raw:
                return Reading(None)
            if raw.startswith(PICTURES):
                return Reading(None, Diagnostic("picture_for_words" if self.required else "picture_in_cell"))
        elif isinstance(raw, CellError):
            return Reading(None, Diagnostic("error_cell"))
        elif isinstance(raw, Uncalculated):
            return Reading(None, Diagnostic("formula_without_value"))
        reading = self.understand(raw, scope)
        if isinstance(raw, str) and not self.required and self._unread(reading) and folded(raw) in NOTHING:
            return Reading(None, Diagnostic("read_as_blank"))
        return reading

    def _unread(self, reading: Reading) -> bool:
        """Return whether a text made no sense to the kind."""
        return reading.value is None and reading.diagnostic is not None

    def as_asked(self, raw: str) -> bool:  # noqa: ARG002 - texts and ids are mostly so, which saves reading them
        """Return whether a text is, plain to see, the value itself; then it need not be read."""
        return False

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return what a cell that is not blank says; each kind has its own way."""
        raise NotImplementedError

    def write(self, value: object, lang: Lang, scope: Scope) -> object:  # noqa: ARG002
        """Return what a sheet shows for a value."""
        return value

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return a valid value, for tests and examples."""
        raise NotImplementedError

    def diagnostic(self, code: str, **facts: str | LocalizedText) -> Reading:
        """Return that nothing could be read, and why."""
        return Reading(None, Diagnostic(code, facts))

    def fixed(self, value: object, read: str | LocalizedText, typed: str = "") -> Reading:
        """Return a value that had one reading; where it was not typed as asked, the fix is recorded."""
        words = read if isinstance(read, LocalizedText) else untranslated(read)
        if typed and typed in words.both():
            return Reading(value)
        return Reading(value, Diagnostic("read_as", {"read": words}))

    def read_column(
        self, raws: Sequence[Scalar], scope: Scope, memory: ColumnMemory | None = None
    ) -> tuple[list[object], dict[int, Diagnostic]]:
        """Read a whole column; the same raw value is read once.

        Args:
            raws: The raw cells.
            scope: The project's lists and settings.
            memory: Readings of earlier columns of this field with the same scope; new ones are added.

        Returns:
            The values, and position -> diagnostic for those that have one.
        """
        numbers = _LIKE_NUMBERS.intersection(map(type, raws))
        if len(numbers) > 1:
            return self._read_apart(raws, scope)
        known, wrong = ({}, {}) if memory is None else memory.setdefault(next(iter(numbers), None), ({}, {}))
        if len(known) > _MOST_REMEMBERED:
            known.clear()
            wrong.clear()
        known[None] = None
        for raw in set(raws).difference(known):
            if isinstance(raw, str) and self.as_asked(raw) and not raw.startswith(PICTURES):
                known[raw] = raw
                continue
            known[raw], diagnostic = self.read(raw, scope)
            if diagnostic is not None:
                wrong[raw] = diagnostic
        values = [known[raw] for raw in raws]
        return values, {at: wrong[raw] for at, raw in enumerate(raws) if raw in wrong} if wrong else {}

    def _read_apart(self, raws: Sequence[Scalar], scope: Scope) -> tuple[list[object], dict[int, Diagnostic]]:
        """Read a column in which 1, 1.0 and True may stand: equal to a dict, but not to a reader."""
        known = {key: self.read(key[1], scope) for key in {(type(raw), raw) for raw in raws}}
        readings = [known[type(raw), raw] for raw in raws]
        values = [reading.value for reading in readings]
        return values, {at: found.diagnostic for at, found in enumerate(readings) if found.diagnostic is not None}


BLANKS = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u202f\u205f\u2060\u3000\ufeff"
)
"""Every blank that a keyboard or a paste can leave around a text."""
_MOST_REMEMBERED = 20_000
"""Readings of one field that are kept at most: a file of nothing but different texts must not fill the memory."""
_LIKE_NUMBERS = frozenset((bool, int, float))
"""Types whose values are equal to one another without being the same."""
PICTURES = ("=DISPIMG(", "=_xlfn.DISPIMG(")
"""What WPS leaves as the text of a cell that holds a picture."""
NOTHING = frozenset(
    ("-", "--", "—", "——", "/", "\\", "无", "没有", "暂无", "空", "n/a", "na", "n.a.", "none", "nil", "null")
)
"""What people type, as `folded`, where they have nothing to say; `待定` is not among them: it says something."""
_HALF_WIDTH: Mapping[int, int | str | None] = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),  # what a word processor makes of a hyphen
    **dict.fromkeys(map(ord, BLANKS), " "),
    **{ord(blank): blank for blank in "\t\r\n"},
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None),
    ord("￥"): "¥",
}
"""A full-width sign -> the half-width one. No other sign is made alike: ² and ③ are not 2 and 3."""


def plain(text: str) -> str:
    """Return a text as codes, numbers and dates are read: full width as half width, every dash a hyphen."""
    return text.translate(_HALF_WIDTH).strip(BLANKS)


def as_text(raw: Scalar) -> str:
    """Return a raw value as the text a person would read in the cell."""
    return shown(raw)
