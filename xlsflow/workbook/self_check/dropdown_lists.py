"""The lists behind the dropdowns of a workbook, on the sheet `_lists`, and the names that dropdowns refer to.

Each list has a column of its own that is exactly as long as its values: a blank among them would make Excel accept
anything. People are sorted by their group (region), with the group's label in another column, so that a dropdown can
offer the people of the region in its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.fileformat.hidden_sheets import LISTS_SHEET
from xlsflow.template.kinds import EntryRule, FieldBase
from xlsflow.template.kinds.field import BLANK_WORDS
from xlsflow.template.lists import fold_text
from xlsflow.workbook.self_check.formula import Addresses
from xlsflow.workbook.self_check.room import content_ranges

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.plan import Plan

# Stands for a missing group: COUNTIF would find a blank cell for a blank region.
_NO_GROUP = "-"
# Name of the words that mean "no value".
_BLANK_WORDS = "chk_blank"


@dataclass
class Dropdowns:
    """The lists of a workbook; each is added when a dropdown or a formula first asks for it.

    Attributes:
        plan: The plan of the workbook.
        columns: Name -> the texts of its column on the sheet of lists, in the order of the columns.
        references: Name -> the field of another sheet, as a template names it, whose cells the name refers to.
        made_of: Name -> the list of its texts, and for a column of groups the field that shows them.
        counted: Name -> the block, as a template names it, whose filled cells it counts.
    """

    plan: Plan
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    made_of: dict[str, tuple[str, FieldBase | None]] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)

    def for_plan(self, plan: Plan) -> Dropdowns:
        """Return the same lists for another workbook, whose tables may have other numbers of rows.

        People of its own region come first.
        """
        other = Dropdowns(plan, dict(self.columns), dict(self.references), self.made_of, dict(self.counted))
        if plan.outgoing.stamp.region != self.plan.outgoing.stamp.region:
            for name, (of, by) in self.made_of.items():
                if any(choice.group for choice in plan.outgoing.scope.lists[of].values):
                    other.columns[name] = other._texts(of, by)
        return other

    def source(self, block: DataBlock, field: FieldBase, rule: EntryRule | None, addresses: Addresses) -> str:
        """Return the formula of a field's dropdown, empty if it has none.

        Args:
            block: The field's block.
            field: The field.
            rule: What its cell accepts.
            addresses: Addresses of the first row, for a list that depends on another field of the row.
        """
        if field.to and (name := self._add_reference(field.to)):
            return f"={name}"
        if rule is None or rule.value_type != "list":
            return ""
        name = self._add_list(rule.of)
        if not name or not rule.by:
            return f"={name}" if name else ""
        return _dependent_source(name, self._add_groups(rule.of, block.field(rule.by)), addresses.cell(rule.by))

    def offered(self, of: str) -> str:
        """Return the name of a list's offered labels; empty if there is no such list, or if it offers nothing."""
        return self._add_list(of) if of in self.plan.outgoing.scope.lists else ""

    def refused(self, of: str) -> str:
        """Return the name of all labels and codes of a list that a cell must not hold; empty if there are none."""
        lists = self.plan.outgoing.scope.lists
        choices = lists[of].values if of in lists else ()
        labels = tuple(dict.fromkeys(text for choice in choices for text in (*choice.label.both(), choice.code)))
        name = f"chk_not_{_name_part(of)}"
        if labels:
            self.columns[name] = labels
        return name if labels else ""

    def accepted(self, of: str) -> str:
        """Return the name of every text that is read as a value of a list; empty if it has no values."""
        lists = self.plan.outgoing.scope.lists
        choices = lists[of].values if of in lists else ()
        words = (
            text for one in choices for text in (*one.label.both(), one.code, *one.was, *one.synonyms) if text.strip()
        )
        name = f"chk_ok_{_name_part(of)}"
        if name not in self.columns and (distinct := tuple({fold_text(text): text for text in words}.values())):
            self.columns[name] = distinct
        return name if name in self.columns else ""

    def blank_words(self) -> str:
        """Return the name of the words that are read as a blank cell where nothing is required."""
        self.columns.setdefault(_BLANK_WORDS, tuple(sorted(BLANK_WORDS)))
        return _BLANK_WORDS

    def cells_of(self, to: str) -> Sequence[str]:
        """Return what a formula counts in for a field that another refers to: a name, and its cells on spare sheets."""
        name = self._add_reference(to)
        template, block_name, field_name = to.split(".")
        return [name] * bool(name) + [
            sheet.at(Addresses(block, layout).column(field_name))
            for sheet, block, layout in self.plan.blocks()
            if sheet.copy and (sheet.template.name, block.name) == (template, block_name)
        ]

    def begun(self, to: str) -> Sequence[str]:
        """Return the name that counts what is filled in beside a field whose own cells go out filled, else nothing.

        A row in which nothing but its issued number stands is blank to a merge, which then knows no id.
        """
        template, block_name, field_name = to.split(".")
        for sheet, block, _ in self.plan.blocks():
            if (sheet.template.name, block.name) == (template, block_name):
                always = not block.has_rows and getattr(block, "required", False)
                if always or block.field(field_name).counts_as_content or not block.content_fields:
                    return ()
                name = f"chk_begun_{_name_part(template)}_{_name_part(block_name)}"
                self.counted[name] = f"{template}.{block_name}"
                return (name,)
        return ()

    def _add_list(self, of: str) -> str:
        """Return the name of a list; empty if nothing is offered."""
        name = column_name(of)
        if name not in self.columns:
            labels = self._texts(of, None)
            if not labels:
                return ""
            self.columns[name], self.made_of[name] = labels, (of, None)
        return name

    def _texts(self, of: str, by: FieldBase | None) -> tuple[str, ...]:
        """Return the labels of a list, or the groups of its values as the cells of another field show them."""
        outgoing, pairs = self.plan.outgoing, self._labels_and_groups(of)
        if by is None:
            return tuple(label for label, _ in pairs)
        groups = [group for _, group in pairs]
        shown = {group: by.write(group, outgoing.lang, outgoing.scope) if group else _NO_GROUP for group in groups}
        return tuple(str(shown[group]) for group in groups)

    def _labels_and_groups(self, of: str) -> list[tuple[str, str]]:
        """Return label and group of every offered value, sorted by group: the own region first, then as they are."""
        choices = [choice for choice in self.plan.outgoing.scope.lists[of].values if choice.offered]
        groups = dict.fromkeys(choice.group for choice in choices)
        own = self.plan.outgoing.stamp.region
        order = {group: -1 if group and group == own else number for number, group in enumerate(groups)}
        lang = self.plan.outgoing.lang
        choices.sort(key=lambda choice: order[choice.group])  # stable, so a list without groups keeps its order
        return [(choice.label.say(lang), choice.group) for choice in choices]

    def _add_groups(self, of: str, by: FieldBase) -> str:
        """Return the name of the groups of a list's values, as the cells of another field show them."""
        name = f"grp_{_name_part(of)}_by_{_name_part(by.list_name() or by.name)}"
        if name not in self.columns:
            self.columns[name], self.made_of[name] = self._texts(of, by), (of, by)
        return name

    def _add_reference(self, to: str) -> str:
        """Return the name of another field's cells; empty if its sheet is not part of this workbook."""
        template, block_name, field_name = to.split(".")
        blocks = {(sheet.template.name, block.name) for sheet, block, _ in self.plan.blocks()}
        if (template, block_name) not in blocks:
            return ""
        name = f"ref_{_name_part(template)}_{_name_part(block_name)}_{_name_part(field_name)}"
        self.references[name] = to
        return name

    def names(self) -> Mapping[str, str]:
        """Return every name with what it refers to."""
        columns = {
            name: f"={LISTS_SHEET}!${column_letters(col)}$2:${column_letters(col)}${len(texts) + 1}"
            for col, (name, texts) in enumerate(self.columns.items())
        }
        counted = {name: self._count_of_content(of) for name, of in self.counted.items()}
        return {**columns, **{name: self._filled_cells(to) for name, to in self.references.items()}, **counted}

    def _count_of_content(self, of: str) -> str:
        """Return the formula of how many cells of a block are filled in, on spare sheets too."""
        counts: list[str] = []
        for sheet, block, layout in self.plan.blocks():
            if f"{sheet.template.name}.{block.name}" != of:
                continue
            addresses = Addresses(block, layout)
            if block.has_rows:
                cells = content_ranges(sheet, block, addresses, layout.first_row + 1, layout.last_row + 1)
            else:
                names = [field.name for field in block.columns if field.counts_as_content]
                cells = [sheet.at(addresses.column(name)) for name in names]
            counts.append(f"COUNTA({','.join(cells)})")
        return f"={'+'.join(counts)}"

    def _filled_cells(self, to: str) -> str:
        """Return the formula of a field's cells down to the last filled one, so that no dropdown ends in blanks."""
        template, block_name, field_name = to.split(".")
        for sheet, block, layout in self.plan.blocks():
            if (sheet.template.name, block.name) == (template, block_name):
                column = Addresses(block, layout).column(field_name)
                break
        cells, first = sheet.at(column), sheet.at(column.split(":", maxsplit=1)[0])
        if ":" not in column:
            return f"={cells}"
        last = f'SUMPRODUCT(MAX(({cells}<>"")*(ROW({cells})-ROW({first})+1)))'
        return f"=OFFSET({first},0,0,MAX(1,{last}),1)"


def column_name(of: str) -> str:
    """Return the name of a list in a workbook, which is also the header of its column on the sheet of lists."""
    return f"lst_{_name_part(of)}"


def _dependent_source(values: str, groups: str, cell: str) -> str:
    """Return the formula of the values whose group is in a cell; of all values if the group has none."""
    # OFFSET over a sorted list, not INDIRECT: names that INDIRECT needs cannot hold spaces, brackets or a leading
    # digit.
    count = f"COUNTIF({groups},{cell})"
    return f"=OFFSET({values},IFERROR(MATCH({cell},{groups},0)-1,0),0,IF({count}=0,ROWS({values}),{count}),1)"


def _name_part(name: str) -> str:
    """Return a template's name as part of a defined name, which takes only some letters."""
    return name if re.fullmatch(r"[A-Za-z0-9_]+", name) else name.encode().hex()
