"""Findings: what a person should look at in the data, where it is, and its sentence.

A finding holds facts. Its sentence is made when it is shown, in the reader's language, from the catalogue of codes.
What stops the work is an exception instead (`xlsflow.errors`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xlsflow.i18n import Lang, LocalizedText
from xlsflow.messages import CATALOGUE


class Severity(StrEnum):
    """How much a finding matters: an error must be corrected, a warning checked, an info says what xlsflow did."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_ORDER: Mapping[str, int] = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
"""Severity -> sort key, the most severe first."""

# Shown in a sentence in place of a blank value.
_BLANK_VALUE = LocalizedText("（空白）", "(blank)")

# The sentence of a waived finding.
_WAIVED = LocalizedText("{sentence}（已豁免：{reason}）", "{sentence} (waived: {reason})")
_WAIVED_UNTIL = LocalizedText(
    "{sentence}（已豁免，有效期至 {until}：{reason}）", "{sentence} (waived until {until}: {reason})"
)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a finding is: file, sheet and cell as the person who filled in the sheet sees them.

    Attributes:
        file: Name of the file, without its folder.
        sheet: Name of the sheet in that file.
        cell: Address in A1 style, or a range; empty if the finding is about the sheet or the file.
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
    """A code and its facts without a location: what a field's kind or a rule says about one value."""

    code: str
    facts: Mapping[str, str | LocalizedText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waived:
    """That the coordinator has accepted a finding (`xlsflow.model.waivers`).

    Attributes:
        reason: Why it is accepted.
        until: The last day on which it is; None for good.
    """

    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at one location.

    Attributes:
        code: Code of the catalogue (`required_blank`).
        location: Where it is.
        value: The text of the cell, as typed.
        facts: What the sentence needs besides location and value.
        waived: Set if the finding is waived.
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
        """The severity from the catalogue; info if the finding is waived."""
        return Severity.INFO if self.waived else Severity(CATALOGUE[self.code].severity)

    def message(self, lang: Lang) -> str:
        """Return the sentence: what was found and what to do."""
        location = self.location
        value = _short(self.value) or _BLANK_VALUE
        facts: dict[str, str | LocalizedText] = {
            "shown": value,  # a kind may show a value in another way than it was typed: 1.1 as 110%
            # Before those of the location, which win: a fact must not take the place of one of them.
            **self.facts,
            "file": location.file,
            "sheet": location.sheet,
            "cell": location.cell,
            "label": location.label or location.field,
            "value": value,
        }
        sentence = CATALOGUE[self.code].say(lang, facts)
        if self.waived is None:
            return sentence
        text = _WAIVED_UNTIL if self.waived.until else _WAIVED
        reason = " ".join(self.waived.reason.split()).rstrip("。.")
        return text.say(lang).format(sentence=sentence, reason=reason, until=self.waived.until)

    def order(self) -> tuple[object, ...]:
        """Return the sort key of a list of findings: file, sheet, row, column, severity, code."""
        return (
            self.location.file,
            self.location.sheet,
            _row_and_column(self.location.cell),
            SEVERITY_ORDER[self.severity],
            self.code,
            self.value,
        )


def _short(text: str, limit: int = 60) -> str:
    """Return a value on one line, cut so that the sentence around it stays readable."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _row_and_column(cell: str) -> tuple[int, int, str]:
    """Return a sort key of an address: row, length of the letters, letters; A2 < B2 < AA2 < A10."""
    first = cell.partition(":")[0]
    letters = first.rstrip("0123456789")
    digits = first[len(letters) :]
    return int(digits or 0), len(letters), letters


def cell_row(cell: str) -> int:
    """Return the 1-based row of an address; 0 where it has none."""
    return _row_and_column(cell)[0]


def worst_severity(findings: Iterable[Finding]) -> Severity | None:
    """Return the most severe severity among findings, or None if there are none."""
    return min((finding.severity for finding in findings), key=SEVERITY_ORDER.__getitem__, default=None)
