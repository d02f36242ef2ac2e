"""Makes the listing of conflicts and proposals: what a merge cannot decide alone, each with a dropdown to decide it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.hidden_pages import KEEP, PICK, PROPOSAL_ID, TAKE
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.i18n import LocalizedText
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.proposals import Proposal
from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.reports import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsflow.model.report_model import Mark, ReportValue, ValueFormat
    from xlsflow.model.returns import Return
    from xlsflow.reports.labels import Labels
    from xlsflow.template.kinds import FieldBase

PAGE_PROPOSALS = LocalizedText("冲突与建议", "Conflicts and proposals")
_NOTE = LocalizedText(
    "待定 {count} 项。请在“决定”列选“采用”或“保留”，或填另一个值；保存后把本工作簿再合并一次。之前数据页用“现值”。",
    "{count} to decide. Pick “Take” or “Keep” in the column Decision, or type another value; save, and merge this"
    " workbook again. Until then the data sheets show the present value.",
)
_KINDS: Mapping[str, tuple[LocalizedText, Mark]] = {
    "conflict": (LocalizedText("同一格填得不同", "Cell filled differently"), "error"),
    "deleted": (LocalizedText("行不见了：删除？", "Row is gone: delete it?"), "warning"),
    "same_row": (LocalizedText("换了编号：同一项？", "New ID: the same row?"), "warning"),
    "redated": (LocalizedText("逾期后改期：同意？", "Overdue and re-dated: accept?"), "overdue"),
    "renumber": (LocalizedText("编号重复：改用新号？", "ID used twice: renumber?"), "warning"),
    "foreign": (LocalizedText("改了其他区域的行", "Edit of another region's row"), "warning"),
    "earlier": (LocalizedText("上轮的补报，本轮未提", "Late value of an earlier round"), "info"),
    "corrected": (LocalizedText("已被更正", "Corrected"), "idle"),
    "coordinator": (LocalizedText("协调人已改", "Edited by the coordinator"), "done"),
}
_COLUMNS: tuple[tuple[str, LocalizedText, float], ...] = (
    ("kind", LocalizedText("事项", "What"), 24),
    ("block", LocalizedText("工作表", "Sheet"), 14),
    ("key", LocalizedText("编号", "ID"), 15),
    ("title", LocalizedText("名称", "Title"), 26),
    ("field", LocalizedText("字段", "Field"), 14),
    ("current", LocalizedText("现值", "Present value"), 22),
    ("value", LocalizedText("另一个值", "Other value"), 22),
    (PICK, LocalizedText("决定", "Decision"), 14),
    ("region", texts.COL_REGION, 11),
    ("filler", LocalizedText("由谁填写", "Filled in by"), 12),
    ("file", texts.COL_FILE, 30),
    ("cell", LocalizedText("位置", "Where"), 16),
    ("saved", texts.COL_SAVED, 17),
    (PROPOSAL_ID, LocalizedText("序号", "No."), 14),
)
# Columns of labels -> where a line has the code.
_CODES: Mapping[str, str] = {"kind": "code", "region": "region_code", "block": "block_code", "field": "field_code"}
_SAYS = LocalizedText("{region}（{filler}）：{value}", "{region} ({filler}): {value}")
_SAYS_REGION = LocalizedText("{region}：{value}", "{region}: {value}")
_UNTIL_THEN = LocalizedText("同意之前按 {value} 计。", "Until then {value} counts.")
_BLANK = LocalizedText("（空白）", "(blank)")
_DECIDE = LocalizedText("请在《{sheet}》页决定。", "Decide on the sheet “{sheet}”.")
# A correction is decided; its line only lets the coordinator go back.
_SETTLED: frozenset[str] = frozenset({"corrected"})

_FORMATS: Mapping[str, ValueFormat] = {"saved": "datetime", "key": "id", PROPOSAL_ID: "id"}


def proposals_listing(labels: Labels) -> Listing:
    """Return the listing; it has no rows where there is nothing to decide and nothing was edited."""
    book = labels.inputs.book
    waiting = [_line(labels, proposal) for proposal in book.proposals]
    edited = [line for returned in book.returns for line in _edited(labels, returned)]
    lines = [*waiting, *edited]
    marks: list[Mark | None] = [_KINDS[str(line["code"])][1] for line in lines]
    open_cells: list[Mark | None] = ["answer" if line[PROPOSAL_ID] else None for line in lines]
    columns = tuple(
        ReportColumn(
            key,
            title.say(labels.lang),
            [line[key] for line in lines],
            _FORMATS.get(key, "text"),
            width,
            marks=marks if key == "kind" else open_cells if key == PICK else (),
            role="made" if key == PROPOSAL_ID else "further" if key == PICK else "given",
            codes=[line[code] for line in lines] if (code := _CODES.get(key)) else (),
            choices=tuple(answer.say(labels.lang) for answer in (TAKE, KEEP)) if key == PICK else (),
        )
        for key, title, width in _COLUMNS
    )
    name = PAGE_PROPOSALS.say(labels.lang)
    return Listing(
        name, name, _NOTE.format(labels.lang, count=len(waiting)), columns, "follow_up", 1, key="proposals",
        optional=True,
    )  # fmt: skip


def _line(labels: Labels, proposal: Proposal) -> dict[str, ReportValue]:
    """Return a proposal as it is shown."""
    lang = labels.lang
    return {
        "code": proposal.kind,
        "region_code": proposal.region or None,
        "block_code": proposal.block,
        "field_code": proposal.field or None,
        "kind": _KINDS[proposal.kind][0].say(lang),
        "block": labels.sheet(proposal.block),
        "key": proposal.key,
        "title": proposal.title or None,
        "field": _field(labels, proposal),
        "current": _shown(labels, proposal, proposal.current),
        "value": _shown(labels, proposal, proposal.value),
        PICK: None,
        "region": labels.region(proposal.region) or None,
        "filler": labels.person(proposal.filler) or None,
        "file": proposal.file or None,
        "cell": _place(labels, proposal),
        "saved": _local_time(labels, proposal),
        PROPOSAL_ID: proposal.id,
    }


def _edited(labels: Labels, returned: Return) -> Iterator[dict[str, ReportValue]]:
    """Yield what the coordinator has edited in consolidated workbooks."""
    if returned.record.stamp.kind != COORDINATOR_KIND:
        return
    for block, rows in returned.touched.items():
        for key, names in rows.items():
            for name in sorted(names):
                proposal = Proposal(
                    "conflict", block, key, name, current=_present(labels, block, key, name),
                    region=returned.region, file=returned.record.file, saved=returned.record.saved,
                )  # fmt: skip
                line = _line(labels, proposal)
                kind = _KINDS["coordinator"][0].say(labels.lang)
                yield {**line, "code": "coordinator", "kind": kind, PROPOSAL_ID: None}


def _present(labels: Labels, block: str, key: str, name: str) -> object:
    """Return the value that a cell has in the data."""
    if block not in labels.inputs.blocks:
        return None
    table, key_field = labels.inputs.book.tables[block], labels.inputs.blocks[block][1].key
    rows = table[table[key_field].astype("str") == key]
    value = rows[name].iloc[0] if len(rows) and name in rows else None
    return None if value is None or value != value else value  # noqa: PLR0124 - a missing value


def _field(labels: Labels, proposal: Proposal) -> str | None:
    if proposal.kind == "redated" and (follow := labels.tracking.get(proposal.block)):
        return labels.inputs.blocks[proposal.block][1].label_of(follow.due).say(labels.lang)
    field = _definition(labels, proposal)
    return field.label.say(labels.lang) if field else proposal.field or None


def _definition(labels: Labels, proposal: Proposal) -> FieldBase | None:
    """Return the field of a cell; None where it is about a whole row."""
    fields = labels.inputs.fields(proposal.block) if proposal.block in labels.inputs.blocks else ()
    return next((field for field in fields if field.name == proposal.field), None)


def _shown(labels: Labels, proposal: Proposal, value: object) -> ReportValue:
    """Return a value as the data sheets show it, as text: one column holds values of every kind."""
    if value is None:
        return None
    field = _definition(labels, proposal)
    if field is not None and field.list_name():
        return str(labels.values(field, [value])[0])
    if field is not None and field.number_format == "0%" and isinstance(value, float):
        return f"{value:.0%}"
    return comparison_text(value)


def _local_time(labels: Labels, proposal: Proposal) -> ReportValue:
    """Return when the return was saved, in the coordinator's time."""
    if proposal.saved is None:
        return None
    saved = proposal.saved if proposal.saved.tzinfo else proposal.saved.replace(tzinfo=UTC)
    return saved.astimezone(labels.inputs.project.zone).replace(tzinfo=None)


def _place(labels: Labels, proposal: Proposal) -> str | None:
    """Return sheet and cell in the return."""
    if not proposal.row:
        return proposal.sheet or None
    at = labels.inputs.book.positions.get((proposal.file, proposal.sheet, proposal.block), {})
    row, col = at.get(proposal.field, (None, 0))
    return f"{proposal.sheet} {a1(proposal.row - 1 if row is None else row, col)}"


def disputed_cells(labels: Labels) -> Mapping[str, Mapping[str, Mapping[int, str]]]:
    """Return for each cell of the data that waits for a decision what its note says: block -> field -> row -> note.

    What is to decide about a whole row is noted at its key.
    """
    said: dict[tuple[str, str, int], dict[str, list[str]]] = {}
    for block, proposals in _by_block(labels).items():
        rows = _Rows(labels, block)
        for proposal in proposals:
            position = rows.position(proposal)
            if position is not None:
                at = block, rows.field(proposal), position
                kind = _KINDS[proposal.kind][0].say(labels.lang)
                said.setdefault(at, {}).setdefault(kind, []).extend(_others(labels, proposal))
    notes: dict[str, dict[str, dict[int, str]]] = {}
    for (block, name, position), kinds in said.items():
        lines = [line for kind, others in kinds.items() for line in dict.fromkeys((kind, *others))]
        lines.append(_DECIDE.format(labels.lang, sheet=PAGE_PROPOSALS.say(labels.lang)))
        notes.setdefault(block, {}).setdefault(name, {})[position] = "\n".join(lines)
    return notes


def _by_block(labels: Labels) -> Mapping[str, list[Proposal]]:
    found: dict[str, list[Proposal]] = {}
    for proposal in labels.inputs.book.proposals:
        if proposal.kind not in _SETTLED and proposal.block in labels.inputs.blocks:
            found.setdefault(proposal.block, []).append(proposal)
    return found


def _others(labels: Labels, proposal: Proposal) -> Iterator[str]:
    """Yield what a note says besides what there is to decide: the value that is not in the data, and whose it is."""
    if proposal.kind == "redated":
        yield _UNTIL_THEN.format(labels.lang, value=comparison_text(proposal.current))
    elif proposal.field or proposal.value is not None:
        value = _shown(labels, proposal, proposal.value)
        text = _SAYS if proposal.filler else _SAYS_REGION
        yield text.format(
            labels.lang, region=labels.region(proposal.region) or proposal.file,
            filler=labels.person(proposal.filler), value=_BLANK.say(labels.lang) if value is None else value,
        )  # fmt: skip


class _Rows:
    """The rows of one block, found by what proposals say of them."""

    def __init__(self, labels: Labels, block: str) -> None:
        self._table = labels.inputs.book.tables[block]
        self._key = labels.inputs.blocks[block][1].key
        follow = labels.tracking.get(block)
        self._due = follow.due if follow else self._key
        self._positions: dict[str, list[int]] = {}
        for position, key in enumerate(self._table[self._key].tolist() if self._key else ()):
            self._positions.setdefault(str(key), []).append(position)

    def field(self, proposal: Proposal) -> str:
        """Return the field of the cell that a proposal is about."""
        return self._due if proposal.kind == "redated" else proposal.field or self._key

    def position(self, proposal: Proposal) -> int | None:
        """Return the row that a proposal is about; None where it is not in the data."""
        found = self._positions.get(proposal.key, ())
        file, _, row, region, _ = ORIGIN
        of_file = [at for at in found if self._at(at, file, row) == (proposal.file, proposal.row)]
        if proposal.kind == "renumber" and of_file:
            return of_file[0]
        current = comparison_text(proposal.current)
        if proposal.field:  # where a key is used twice, the one that has the value is meant
            found = [at for at in found if comparison_text(*self._at(at, proposal.field)) == current] or found
        own = [at for at in found if self._at(at, region) == (proposal.region,)]
        return next(iter(own or found), None)

    def _at(self, position: int, *names: str) -> tuple[object, ...]:
        cells = (self._table[name].iloc[position] for name in names if name in self._table)
        return tuple(None if cell != cell else cell for cell in cells)  # noqa: PLR0124 - a missing value
