"""Turns what the coordinator has edited in a consolidated workbook into returns: these are checked and merged.

A cell that was changed, a row that was added and a pick on the sheet of proposals are all the same: a cell that the
coordinator has touched. Decisions about whole rows go along with them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.fileformat.hidden_pages import KEEP, TAKE
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.findings import Finding, Location
from xlsflow.i18n import untranslated
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.proposals import Decision, Proposal, row_address
from xlsflow.model.returns import BlockRows, FileRecord, Return, Stamp
from xlsflow.template.lists import fold_text

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.intake.hidden.book_memory import BookMemory
    from xlsflow.intake.hidden.consolidated_pages import BookPages
    from xlsflow.intake.hidden.edited_pages import EditedRow
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.template.kinds import FieldBase

# Title, note, key row and header are above the first row of a data page.
_FIRST_ROW = 5
_CELL_KINDS = ("conflict", "foreign", "earlier", "corrected")


@dataclass(frozen=True, slots=True)
class _Slot:
    """Whose rows one return of edits is about."""

    pack: str
    region: str


@dataclass
class _EditedBlock:
    """The edited rows of one block and slot.

    Attributes:
        rows: The rows, each with its key as it was written.
        picked: Row number and field -> value that was picked.
    """

    rows: list[EditedRow] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    picked: dict[tuple[int, str], object] = field(default_factory=dict)


@dataclass
class _SlotEdits:
    """The edits of one slot.

    Attributes:
        blocks: Full block name -> its edited rows.
        decisions: Decisions about whole rows.
        gone: Full block name -> keys of the rows that are no longer on its pages.
        lost: Full block name -> fields whose column is no longer on its pages.
    """

    blocks: dict[str, _EditedBlock] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    gone: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    lost: dict[str, tuple[str, ...]] = field(default_factory=dict)


def coordinator_edits(
    record: FileRecord, pages: BookPages, tables: Mapping[str, pd.DataFrame], definitions: Definitions
) -> tuple[Return, ...]:
    """Return the edits in a consolidated workbook as returns that have been read but not checked.

    Args:
        record: The workbook.
        pages: What it holds.
        tables: Full block name -> its data as they were written.
        definitions: What the edited cells are read against.
    """
    assert pages.memory is not None
    if not pages.memory.picks and not any(table.edits for table in pages.tables.values()):
        return ()
    return tuple(_Edits(record, pages, pages.memory, tables, definitions).returns())


@dataclass(frozen=True)
class _Edits:
    """The edits of one workbook."""

    record: FileRecord
    pages: BookPages
    memory: BookMemory
    tables: Mapping[str, pd.DataFrame]
    definitions: Definitions

    def returns(self) -> Iterator[Return]:
        """Yield one return for each pack and region whose rows were edited."""
        slots: defaultdict[_Slot, _SlotEdits] = defaultdict(_SlotEdits)
        for name in self.pages.tables:
            self._add_rows(name, slots)
        for proposal, pick in self._picked():
            edits = slots[_Slot(self._pack_of(proposal), proposal.region)]
            if proposal.kind in _CELL_KINDS:
                self._pick_cell(proposal, pick, edits.blocks)
            elif proposal.kind == "redated" and not (_says(pick, TAKE) or _says(pick, KEEP)):
                self._pick_date(proposal, pick, edits)
            elif (decision := _decision(proposal, pick)) is not None:
                edits.decisions.append(decision)
        for slot, edits in sorted(slots.items(), key=lambda item: (item[0].pack, item[0].region)):
            made = self._return(slot, edits)
            if made is not None:
                yield made

    def _add_rows(self, name: str, slots: defaultdict[_Slot, _SlotEdits]) -> None:
        """Add what was edited on the pages of a block."""
        edited = self.pages.tables[name].edits
        for row in self._typed(name, edited.rows):
            slot, key, decisions = self._place(name, row)
            block = slots[slot].blocks.setdefault(name, _EditedBlock())
            block.rows.append(row)
            block.keys.append(key)
            slots[slot].decisions += decisions
        for origin in edited.missing:
            if key := self._key(name, origin):
                slots[self._slot(origin[0])].gone.setdefault(name, {})[key] = {}
        if edited.lost_fields:
            slots[_Slot(self.pages.stamp.pack, "")].lost[name] = edited.lost_fields

    def _typed(self, name: str, rows: Sequence[EditedRow]) -> Iterator[EditedRow]:
        """Yield edited rows without edits of what is worked out, which is worked out anew."""
        opened = (self.definitions.pack(pack).blocks.get(name) for pack in self.definitions.packs)
        computed = {field.name for found in opened if found for field in found[1].columns if field.computed}
        for row in rows:
            if changed := tuple(field for field in row.changed if field not in computed):
                yield replace(row, changed=changed)

    # --- cells ---

    def _return(self, slot: _Slot, edits: _SlotEdits) -> Return | None:
        from xlsflow.pipeline.read_return import with_values

        if slot.pack not in self.definitions.packs:
            return None
        edited, gone, decisions = edits.blocks, edits.gone, tuple(edits.decisions)
        opened = self.definitions.pack(slot.pack)
        stamp = replace(self.pages.stamp, pack=slot.pack, region=slot.region, kind=COORDINATOR_KIND, document="")
        name = f"{self.record.file} [{slot.region}]" if slot.region else self.record.file
        record = FileRecord(name, "", stamp, self.record.saved, self.record.writer, recognised="stamp")
        raw = [self._raw(block, rows) for block, rows in edited.items() if block in opened.blocks]
        returned = with_values(Return(record, blocks=tuple(raw)), opened)
        blocks = tuple(self._with_picks(table, edited[table.full_name]) for table in returned.blocks)
        unreadable = {table.full_name: table.unreadable for table in blocks}
        touched = {name: self._touched(name, rows, unreadable.get(name, ())) for name, rows in edited.items()}
        positions = {(table.sheet, table.full_name): table.positions for table in blocks}
        # A column that is missing changes nothing; two copies of a workbook that differ in that alone are one.
        digest = _digest(stamp, blocks, touched, decisions, gone)
        findings = (
            *returned.findings,
            *(f for block, lost in edits.lost.items() for f in self._lost(name, block, lost)),
        )
        return replace(
            returned, record=replace(record, sha256=digest, content=digest), blocks=blocks, touched=touched, gone=gone,
            decisions=decisions, positions=positions, findings=findings,
        )  # fmt: skip

    def _lost(self, file: str, name: str, fields: Sequence[str]) -> Iterator[Finding]:
        """Yield a finding for each column that is no longer on the pages of a block."""
        sheets = self.pages.tables[name].sheets
        labels = {f.name: f.label for pack in self.definitions.packs for f in self._columns(pack, name)}
        for field_name in fields:
            label = labels.get(field_name, untranslated(field_name))
            at = Location(file, sheets[0] if sheets else "", "", name, field_name, label)
            yield Finding("book_column_missing", at)

    def _columns(self, pack: str, name: str) -> Sequence[FieldBase]:
        found = self.definitions.pack(pack).blocks.get(name)
        return found[1].columns if found else ()

    def _raw(self, name: str, edited: _EditedBlock) -> BlockRows:
        """Return edited rows as a block of a return, at their places on the page."""
        template, _, block = name.partition(".")
        positions = self.pages.tables[name].edits.positions or {}
        fields = dict.fromkeys(field for row in edited.rows for field in row.cells)
        key = self._key_field(name)
        columns: dict[str, list[Scalar]] = {
            field: [row.cells.get(field) for row in edited.rows] for field in fields if field not in ORIGIN
        }
        if key in columns:
            columns[key] = [*edited.keys]
        sheets = [row.sheet for row in edited.rows]
        return BlockRows(
            sheets[0], template, block, [row.row - 1 for row in edited.rows], columns,
            {field: (None, positions.get(field, 0)) for field in columns}, seen=len(edited.rows), blank=0,
        )  # fmt: skip

    def _with_picks(self, table: BlockRows, edited: _EditedBlock) -> BlockRows:
        """Return a block with the values that were picked, which need no reading."""
        values = {name: list(column) for name, column in table.values.items()}  # noqa: PD011 - no frame
        for (number, name), value in edited.picked.items():
            values.setdefault(name, [None] * len(table.rows))[number] = value
        unreadable = tuple(at for at in table.unreadable if at not in edited.picked)
        return replace(table, values=values, unreadable=unreadable)

    def _touched(
        self, name: str, edited: _EditedBlock, unreadable: Sequence[tuple[int, str]]
    ) -> dict[str, frozenset[str]]:
        """Return the fields that were edited in rows that the workbook had; what cannot be read changes nothing."""
        wrong: dict[int, set[str]] = {}
        for number, field_name in unreadable:
            wrong.setdefault(number, set()).add(field_name)
        picked: dict[int, set[str]] = {}
        for number, field_name in edited.picked:
            picked.setdefault(number, set()).add(field_name)
        key_field = self._key_field(name)
        if not key_field:
            return {}
        return {
            key: frozenset({*row.changed, *picked.get(number, ())} - {key_field} - wrong.get(number, set()))
            for number, (row, key) in enumerate(zip(edited.rows, edited.keys, strict=True))
            if row.origin is not None
        }

    def _place(self, name: str, row: EditedRow) -> tuple[_Slot, str, list[Decision]]:
        """Return whose row an edited row is, its key, and its renaming where the key itself was edited."""
        key_field = self._key_field(name)
        typed = display_text(row.cells.get(key_field)) if key_field else ""
        if row.origin is None:
            return _Slot(self.pages.stamp.pack, self._own_region(name, row)), typed, []
        file, sheet, number = row.origin
        leaf = self._records[file].content or self._records[file].sha256 if file in self._records else ""
        if not key_field:  # the edited row takes the place of the one that it was
            return self._slot(file), "", [Decision("delete", name, row_address(leaf, sheet, number))]
        key = self._key(name, row.origin) or typed
        new = self._read(name, key_field, typed) if key_field in row.changed else ""
        if not new or new == key:
            return self._slot(file), key, []
        # The row goes on under its new key, in all returns of its region that have it.
        return self._slot(file), new, [Decision("rename", name, key, new)]

    def _read(self, name: str, field_name: str, typed: str) -> str:
        """Return what was typed for a field as it is read from a return; empty if it cannot be read."""
        for pack in self.definitions.packs:
            opened = self.definitions.pack(pack)
            if name in opened.blocks:
                return comparison_text(opened.blocks[name][1].field(field_name).read(typed, opened.scope).value)
        return ""

    def _own_region(self, name: str, row: EditedRow) -> str:
        """Return the region that an added row names."""
        follow = self._follow(name)
        text = display_text(row.cells.get(follow.region)) if follow is not None and follow.region else ""
        project = self.definitions.project
        if project is None or not text:
            return ""
        return next(
            (r.code for r in project.regions if fold_text(text) in map(fold_text, (r.code, *r.label.both()))), ""
        )

    # --- picks ---

    def _picked(self) -> Iterator[tuple[Proposal, str]]:
        for identity, pick in sorted(self.memory.picks.items()):
            if identity in self.memory.proposals and pick:
                yield self.memory.proposals[identity], pick

    def _pick_cell(self, proposal: Proposal, pick: str, blocks: dict[str, _EditedBlock]) -> None:
        """Add the cell that a pick fills: with either value, or with one that was typed."""
        from xlsflow.intake.hidden.edited_pages import EditedRow

        block = blocks.setdefault(proposal.block, _EditedBlock())
        if proposal.key not in block.keys:
            shown = self._shown(proposal.block, proposal.key)
            sheets, index = self.pages.tables[proposal.block].sheets, self._index(proposal.block).get(proposal.key, 0)
            block.rows.append(EditedRow(("", "", 0), sheets[0] if sheets else "", index + _FIRST_ROW, shown, ()))
            block.keys.append(proposal.key)
        number = block.keys.index(proposal.key)
        if _says(pick, TAKE):
            block.picked[number, proposal.field] = proposal.value
        elif _says(pick, KEEP):
            block.picked[number, proposal.field] = proposal.current
        else:
            row = block.rows[number]
            cells = {**row.cells, proposal.field: pick}
            block.rows[number] = replace(row, cells=cells, changed=(*row.changed, proposal.field))

    def _pick_date(self, proposal: Proposal, pick: str, edits: _SlotEdits) -> None:
        """Add the due date that was typed beside a new one: it fills the cell, and counts."""
        follow = self._follow(proposal.block)
        if follow is not None:
            self._pick_cell(replace(proposal, field=follow.due), pick, edits.blocks)
            day = self._read(proposal.block, follow.due, pick)
            if day:
                edits.decisions.append(Decision("accept", proposal.block, proposal.key, day))

    def _shown(self, name: str, key: str) -> dict[str, Scalar]:
        """Return the cells of a row as they were written."""
        written = self.memory.written[name]
        index = self._index(name).get(key)
        if index is None:
            return {}
        return {column: cells[index] for column, cells in written.items() if column not in ORIGIN}

    def _pack_of(self, proposal: Proposal) -> str:
        return self._records[proposal.file].stamp.pack if proposal.file in self._records else self.pages.stamp.pack

    # --- what the workbook knows ---

    @cached_property
    def _records(self) -> Mapping[str, FileRecord]:
        return {record.file: record for record in self.pages.files}

    def _slot(self, file: str) -> _Slot:
        stamp = self._records[file].stamp if file in self._records else Stamp(pack=self.pages.stamp.pack)
        return _Slot(stamp.pack or self.pages.stamp.pack, stamp.region)

    def _key(self, name: str, origin: tuple[str, str, int]) -> str:
        """Return the key of a row that the workbook had; empty where its block has none."""
        return self._keys(name).get(origin, "")

    def _key_field(self, name: str) -> str:
        for pack in self.definitions.packs:
            found = self.definitions.pack(pack).blocks.get(name)
            if found is not None:
                return found[1].key
        return ""

    def _follow(self, name: str) -> Any:  # noqa: ANN401 - the section of a definition, or None
        for pack in self.definitions.packs:
            found = self.definitions.pack(pack).blocks.get(name)
            if found is not None:
                return getattr(found[1], "follow", None)
        return None

    def _keys(self, name: str) -> Mapping[tuple[str, str, int], str]:
        table, key = self.tables[name], self._key_field(name)
        if not key or key not in table:
            return {}
        columns = (*(table[column].tolist() for column in ORIGIN[:3]), table[key].tolist())
        return {(file, sheet, row): comparison_text(value) for file, sheet, row, value in zip(*columns, strict=True)}

    def _index(self, name: str) -> Mapping[str, int]:
        key = self._key_field(name)
        return {str(value): number for number, value in enumerate(self.tables[name][key].tolist())} if key else {}


def _decision(proposal: Proposal, pick: str) -> Decision | None:
    """Return what a pick decides about a row; None where it is neither answer, so that no remark deletes a row."""
    row = proposal.block, proposal.key
    nothing_to_take = proposal.kind == "renumber" and proposal.value is None and _says(pick, TAKE)
    if _says(pick, KEEP) or nothing_to_take:
        return Decision("keep", *row, proposal.kind, proposal.leaf)
    if proposal.kind == "renumber":
        new = comparison_text(proposal.value) if _says(pick, TAKE) else pick
        return Decision("rename", *row, new, proposal.leaf) if new else None
    if not _says(pick, TAKE):
        return None
    if proposal.kind == "redated":
        return Decision("accept", *row, comparison_text(proposal.value))
    return Decision("delete", *row)


def _says(pick: str, answer: Any) -> bool:  # noqa: ANN401 - a localized text
    return fold_text(pick) in map(fold_text, answer.both())


def _digest(stamp: Stamp, blocks: tuple[BlockRows, ...], *more: object) -> str:
    """Return what identifies the edits: the same edits in two copies of a workbook are one."""
    cells = [
        (table.full_name, name, [comparison_text(value) for value in column])
        for table in blocks
        for name, column in sorted(table.values.items())  # noqa: PD011 - no frame
    ]
    facts = (stamp.pack, stamp.project, stamp.round, stamp.region, cells, [_plain(part) for part in more])
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _plain(part: object) -> object:
    """Return a value in an order that does not depend on the hashes of texts."""
    if isinstance(part, Mapping):
        return sorted((str(key), _plain(value)) for key, value in part.items())
    return sorted(map(str, part)) if isinstance(part, frozenset) else part
