"""The sheet `_lists` and the names that dropdowns refer to: no dropdown holds its values itself.

A list stands in a column of its own, exactly as long as its values, for a blank among them would let anything pass.
People stand sorted by their group (region), the group's label in a column beside them: a dropdown can then offer the
people of the region in its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.fileformat.hidden_sheets import LISTS_SHEET
from xlsflow.template.kinds import EntryRule, FieldBase
from xlsflow.workbook.self_check.formula import Addresses

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.plan import Plan

NO_GROUP = "-"
"""Stands for a missing group: a blank cell would be found by a blank region."""


@dataclass
class Dropdowns:
    """Every list that the dropdowns of a workbook refer to.

    Attributes:
        columns: Name -> the texts of its column on the sheet of lists, in order of the columns.
        ranges: Name -> cells on another sheet that it refers to instead.
        fields: Name of such cells -> the field that they belong to, as a definition names it.
    """

    plan: Plan
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def again(self, plan: Plan) -> Dropdowns:
        """Return the same lists for another edition, whose tables may have other numbers of rows."""
        made = Dropdowns(plan, dict(self.columns))
        for to in self.fields.values():
            made._reference(to)
        return made

    def source(self, block: DataBlock, one: FieldBase, rule: EntryRule | None, at: Addresses) -> str:
        """Return the formula behind a field's dropdown, empty where it has none.

        Args:
            block: The field's block.
            one: The field.
            rule: What its cell accepts.
            at: Where the first row's values stand, for a list that depends on another field of the row.
        """
        if one.to and (name := self._reference(one.to)):
            return f"={name}"
        if rule is None or rule.value_type != "list":
            return ""
        name = self._list(rule.of)
        if not name or not rule.by:
            return f"={name}" if name else ""
        return _dependent(name, self._groups(rule.of, block.field(rule.by)), at.cell(rule.by))

    def named(self, of: str) -> str:
        """Return the name of a list that a formula holds values against; empty where nothing is offered."""
        return self._list(of) if of in self.plan.edition.scope.lists else ""

    def refused(self, of: str) -> str:
        """Return the name of a list none of whose values may stand in a cell; empty where it has none."""
        choices = self.plan.edition.scope.lists[of].values if of in self.plan.edition.scope.lists else ()
        labels = tuple(dict.fromkeys(text for one in choices for text in (*one.label.both(), one.code)))
        name = f"chk_not_{_plain(of)}"
        if labels:
            self.columns[name] = labels
        return name if labels else ""

    def _list(self, of: str) -> str:
        """Return the name of a list, made where it is not there yet; empty where nothing is offered."""
        name = column_name(of)
        if name not in self.columns:
            labels = tuple(label for label, _ in self._sorted(of))
            if not labels:
                return ""
            self.columns[name] = labels
        return name

    def _sorted(self, of: str) -> list[tuple[str, str]]:
        """Return label and group of every offered value, those of a group together, groups as they first appear."""
        choices = [choice for choice in self.plan.edition.scope.lists[of].values if choice.offered]
        order = {group: place for place, group in enumerate(dict.fromkeys(choice.group for choice in choices))}
        lang = self.plan.edition.lang
        # A list without groups keeps its order: sorting is stable.
        return [(c.label.say(lang), c.group) for c in sorted(choices, key=lambda c: order[c.group])]

    def _groups(self, of: str, by: FieldBase) -> str:
        """Return the name of the column that holds the group of each value of a list, as the other field shows it."""
        name = f"grp_{_plain(of)}_by_{_plain(by.list_name() or by.name)}"
        if name not in self.columns:
            edition = self.plan.edition
            shown = {g: by.write(g, edition.lang, edition.scope) if g else NO_GROUP for _, g in self._sorted(of)}
            self.columns[name] = tuple(str(shown[group]) for _, group in self._sorted(of))
        return name

    def _reference(self, to: str) -> str:
        """Return the name of another field's cells in this workbook; empty where its sheet is not part of it."""
        template, block_name, field_name = to.split(".")
        for sheet, block, place in self.plan.blocks():
            if sheet.template.name == template and block.name == block_name:
                name = f"ref_{_plain(template)}_{_plain(block_name)}_{_plain(field_name)}"
                column = Addresses(block, place).column(field_name)
                self.fields[name] = to
                self.ranges[name] = _filled(sheet.at(column), sheet.at(column.split(":", maxsplit=1)[0]))
                return name
        return ""

    def names(self) -> Mapping[str, str]:
        """Return every name with what it refers to."""
        columns = {
            name: f"={LISTS_SHEET}!${column_letters(col)}$2:${column_letters(col)}${len(texts) + 1}"
            for col, (name, texts) in enumerate(self.columns.items())
        }
        return {**columns, **self.ranges}

    def write(self, book: Workbook) -> None:
        """Add the sheet of lists, which a reader does not see, and the names."""
        sheet = book.add_worksheet(LISTS_SHEET)
        for col, (name, texts) in enumerate(self.columns.items()):
            for row, text in enumerate((name, *texts)):
                sheet.write_string(row, col, text)
        for name, refers_to in self.names().items():
            book.define_name(name, refers_to)
        sheet.protect()
        sheet.very_hidden()


def column_name(of: str) -> str:
    """Return the name of a list in a workbook, which stands above its column on the sheet of lists too."""
    return f"lst_{_plain(of)}"


def _dependent(values: str, groups: str, cell: str) -> str:
    """Return the part of a sorted list that belongs to the group in a cell; the whole list where it has none."""
    count = f"COUNTIF({groups},{cell})"
    return f"=OFFSET({values},IFERROR(MATCH({cell},{groups},0)-1,0),0,IF({count}=0,ROWS({values}),{count}),1)"


def _filled(cells: str, first: str) -> str:
    """Return a column down to its last cell in which something stands, so that no dropdown ends in blanks."""
    if ":" not in cells:
        return f"={cells}"
    last = f'SUMPRODUCT(MAX(({cells}<>"")*(ROW({cells})-ROW({first})+1)))'
    return f"=OFFSET({first},0,0,MAX(1,{last}),1)"


def _plain(name: str) -> str:
    """Return a name of a definition as part of a workbook's name, whatever letters its author wrote it in."""
    return name if re.fullmatch(r"[A-Za-z0-9_]+", name) else name.encode().hex()
