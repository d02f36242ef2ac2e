"""Takes telephone numbers and addresses of people out of what a report is made from, so that it can be passed on.

A field of a definition says that it holds a contact; its values are left out wherever they are stored: data, rows that
lost, raw texts, findings, history, proposals. Addresses and numbers in other texts become an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from xlsflow.findings import Finding
from xlsflow.model.ledger import AsideRow
from xlsflow.model.proposals import Proposal

if TYPE_CHECKING:
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project
    from xlsflow.reports.inputs import ReportInputs

_LEFT_OUT = "…"
# An e-mail address; a mobile or landline number of the mainland, or one with its country code. Bounds keep digests and
# ids whole, which contain digits too.
_CONTACT = re.compile(
    r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])(?:\+\d{1,3}[\s-]?(?:\(0?\d{1,4}\)[\s-]?)?\d[\d\s-]{5,14}\d"
    r"|1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}-\d{3,4}-?\d{4}|\(0\d{2,3}\)\s?\d{7,8})(?![\w-])"
)
# A text with fewer digits and no address may be a name or a room.
_SPECIFIC = re.compile(r"@|(?:\d\D{0,2}){5}")


def without_contacts(inputs: ReportInputs) -> ReportInputs:
    """Return what a report is made from, without contacts; those of an earlier round are left out too."""
    contacts = {(name, field.name) for name in inputs.blocks for field in inputs.fields(name) if field.contact}
    cleaner = _Cleaner(frozenset(contacts), _patterns(inputs, contacts))
    previous = without_contacts(inputs.previous) if inputs.previous else None
    return replace(inputs, book=cleaner.book(inputs.book), project=cleaner.project(inputs.project), previous=previous)


def _patterns(inputs: ReportInputs, contacts: set[tuple[str, str]]) -> re.Pattern[str]:
    """Return what finds a contact in a text: one of those that are known, or anything of such a form."""
    known = {
        str(value).strip()
        for frames in (inputs.book.tables, inputs.book.leaf_rows)
        for name, field in contacts
        if name in frames and field in frames[name].columns
        for value in frames[name][field].dropna()
    }
    project = inputs.project
    known |= {project.project.coordinator_contact, *(region.email for region in project.regions)}
    known |= {text for person in project.people for text in (person.email, person.phone)}
    parts = sorted((text for text in known if _SPECIFIC.search(text)), key=lambda text: (-len(text), text))
    return re.compile("|".join([*map(re.escape, parts), _CONTACT.pattern]))


@dataclass(frozen=True)
class _Cleaner:
    """Leaves contacts out of values of any type.

    Attributes:
        contacts: Block and name of the fields that hold contacts.
        pattern: What is a contact in a text.
    """

    contacts: frozenset[tuple[str, str]]
    pattern: re.Pattern[str]

    def book(self, book: Book) -> Book:
        """Return a book without contacts. What it was made from goes, too."""
        tables = {name: self._frame(name, table) for name, table in book.tables.items()}
        leaf_rows = {name: self._frame(name, table) for name, table in book.leaf_rows.items()}
        parts = (field.name for field in fields(book) if field.name not in ("tables", "leaf_rows", "source"))
        cleaned = {name: self.clean(getattr(book, name)) for name in parts}
        return replace(book, tables=tables, leaf_rows=leaf_rows, source=None, **cleaned)

    def project(self, project: Project) -> Project:
        """Return a project without contacts; the names stay."""
        whole: Project = self.clean(project)
        return replace(
            whole,
            project=replace(whole.project, coordinator_contact=""),
            regions=tuple(replace(region, email="") for region in whole.regions),
            people=tuple(replace(person, email="", phone="") for person in whole.people),
        )

    def clean(self, part: Any) -> Any:  # noqa: ANN401 - any value of a book
        """Return a value without contacts; values of other types as they are."""
        if isinstance(part, str):
            return self.pattern.sub(_LEFT_OUT, part)
        if isinstance(part, Mapping):
            return {self.clean(key): self.clean(value) for key, value in part.items()}
        if isinstance(part, tuple):
            items = (self.clean(item) for item in part)
            return type(part)(*items) if hasattr(part, "_fields") else tuple(items)
        if isinstance(part, frozenset):
            return frozenset(map(self.clean, part))
        return self._record(part) if is_dataclass(part) and not isinstance(part, type) else part

    def _record(self, part: Any) -> Any:  # noqa: ANN401
        """Return a value with named parts; what it holds of a contact's field is emptied."""
        cleaned = {field.name: self.clean(getattr(part, field.name)) for field in fields(part) if field.init}
        if isinstance(part, Finding) and (part.location.block, part.location.field) in self.contacts:
            cleaned["value"] = ""
        if isinstance(part, AsideRow):
            cleaned["texts"] = {name: text for name, text in cleaned["texts"].items() if not self._is(part.block, name)}
        if isinstance(part, Proposal) and self._is(part.block, part.field):
            cleaned |= {"current": None, "value": None}
        return replace(part, **cleaned)

    def _is(self, block: str, field: str) -> bool:
        return (block, field) in self.contacts

    def _frame(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with its contacts blank, and without any in its texts."""
        return table.assign(**dict(self._columns(name, table)))

    def _columns(self, name: str, table: pd.DataFrame) -> Iterator[tuple[str, pd.Series[Any]]]:
        for column in table.columns:
            values = table[column]
            if self._is(name, column):
                yield column, values.where(values.isna(), None)
            elif pd.api.types.is_string_dtype(values.dtype) or values.dtype == object:
                yield column, values.map(self.clean).astype(values.dtype)
