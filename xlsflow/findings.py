"""WHAT A PERSON MUST MEND: the place, the finding, and how a finding is put into words.

A finding holds facts; its sentence is made at the door, in the reader's language, from the catalogue of codes.
What stops the work is not a finding but an exception (`xlsflow.errors`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xlsflow.catalogue import CATALOGUE
from xlsflow.i18n import (
    Lang,
    LocalizedText,
)


class Severity(StrEnum):
    """How much a finding matters: an error must be mended, a warning looked at, an info says what was done."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_ORDER: Mapping[str, int] = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


_BLANK_VALUE = LocalizedText("（空白）", "(blank)")
"""What a sentence says of a cell in which nothing stands."""

_WAIVED = LocalizedText("{said}（已豁免：{reason}）", "{said} (waived: {reason})")
_WAIVED_UNTIL = LocalizedText("{said}（已豁免，有效期至 {until}：{reason}）", "{said} (waived until {until}: {reason})")
"""The sentence of a finding that may stand."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a finding stands: file, sheet and cell as the person who filled the sheet sees them.

    Attributes:
        file: Name of the file as given, without its folder.
        sheet: Name of the sheet as it stands in that file.
        cell: Address in A1 style, or a range; empty where the finding is about the sheet or file.
        block: Full name of the block (`tracking.tasks`).
        field: Name of the field inside the block.
        label: The field's label, as the sheet shows it.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""
    block: str = ""
    field: str = ""
    label: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A code and its facts, before it is known where it stands: what a kind or a rule says of one value."""

    code: str
    facts: Mapping[str, str | LocalizedText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waived:
    """That a finding may stand: the coordinator has looked into it (`xlsflow.model.waivers`).

    Attributes:
        reason: Why.
        until: The last day on which it may; for good where None.
    """

    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, at one place.

    Attributes:
        code: Stable word of the catalogue (`required_blank`).
        place: Where it stands.
        value: The text that was found there, as typed.
        facts: What the sentence needs besides the place and the value.
        waived: Why it may stand; None where it may not.
    """

    code: str
    location: Location
    value: str = ""
    facts: Mapping[str, str | LocalizedText] = field(default_factory=dict)
    waived: Waived | None = None

    @property
    def place(self) -> Location:
        """The location, under the name that it had in 0.1.0."""
        return self.location

    @property
    def severity(self) -> Severity:
        """How much it matters: as the catalogue says, but for one that may stand, which is an info."""
        return Severity.INFO if self.waived else Severity(CATALOGUE[self.code].severity)

    def message(self, lang: Lang) -> str:
        """Return the sentence a non-programmer reads: what was found and what to do."""
        place = self.location
        value = _short(self.value) or _BLANK_VALUE
        facts: dict[str, str | LocalizedText] = {
            "shown": value,  # a kind may show a value in another way than it was typed: 1.1 as 110%
            **self.facts,
            "file": place.file,
            "sheet": place.sheet,
            "cell": place.cell,
            "label": place.label or place.field,
            "value": value,
        }
        sentence = CATALOGUE[self.code].say(lang, facts)
        if self.waived is None:
            return sentence
        words = _WAIVED_UNTIL if self.waived.until else _WAIVED
        reason = " ".join(self.waived.reason.split()).rstrip("。.")
        return words.say(lang).format(said=sentence, reason=reason, until=self.waived.until)

    def order(self) -> tuple[object, ...]:
        """Return the key that findings are listed by: file, sheet, row, column, code."""
        place = self.location
        return (
            place.file,
            place.sheet,
            _row_and_column(place.cell),
            SEVERITY_ORDER[self.severity],
            self.code,
            self.value,
        )


def _short(text: str, most: int = 60) -> str:
    """Return a value on one line, cut so that a sentence stays a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _row_and_column(cell: str) -> tuple[int, int, str]:
    """Return (row, length of the letters, letters) so that A2 < B2 < AA2 < A10."""
    first = cell.partition(":")[0]
    letters = first.rstrip("0123456789")
    digits = first[len(letters) :]
    return int(digits or 0), len(letters), letters


def worst_severity(findings: Iterable[Finding]) -> Severity | None:
    """Return the gravest severity among findings, or None where there is no finding."""
    return min((f.severity for f in findings), key=SEVERITY_ORDER.__getitem__, default=None)
