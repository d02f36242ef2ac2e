"""The self-check: LibreOffice finds the same faults in a filled workbook as a merge does, cell by cell."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.helpers import soak
from tests.helpers.returns import one_pack, read_book, read_result
from tests.workbook.outgoing_example import AS_OF, PACKS, example_outgoing
from xlsflow.fileformat.cells import a1
from xlsflow.i18n import LANGS, Lang
from xlsflow.layout.sheet_layout import FormLayout
from xlsflow.template.expressions.expression import Blank, Ref, walk_expression
from xlsflow.workbook.outgoing.plan import OutgoingWorkbook, Plan, UnparsedText, is_used, plan
from xlsflow.workbook.outgoing.writer import write_workbook
from xlsflow.workbook.self_check.completeness import SheetCounts, count_sheets, ready_to_send
from xlsflow.workbook.self_check.dropdown_lists import Dropdowns
from xlsflow.workbook.self_check.row_checks import ERROR_LETTER, MISSING_LETTER, OK_CODE, WARNING_LETTER, RowChecks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.office import Document, Office
    from xlsflow.findings import Finding
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock, Template

Rows = dict[str, list[dict[str, object]]]
Fault = tuple[str, str, str]
"""Sheet, cell, letter."""
ROWS, FILLINGS = 36, 10
REFUSED = frozenset(
    {
        "not_in_list", "too_large", "too_small", "not_a_date", "not_a_datetime", "not_a_number", "not_whole",
        "id_shape", "too_long", "refers_to_nothing",
    }
)  # fmt: skip
NOT_ONE = frozenset({"several_people", "not_a_person"})
SPOILT_PEOPLE = ("张立诚、王雨桐", "王雨桐/顾问", "华东", "Zhang Licheng; Consultant")


class Filler:
    """Fills the sheets of a pack with valid and invalid values."""

    def __init__(self, rng: random.Random, scope: Scope) -> None:
        self.rng, self.scope = rng, scope

    def rows(self, templates: Sequence[Template]) -> Rows:
        """Return rows for every block; references name an existing id."""
        rows = {
            template.full_name(block): self.rows_of_block(block) for template in templates for block in template.data
        }
        self.begin(templates, rows)
        blocks = [(block, rows[template.full_name(block)]) for template in templates for block in template.data]
        for block, made in blocks:
            self.repeat_keys(block, made)
        for block, made in blocks:
            for field in block.columns:
                if field.to:
                    self.refer(block, field, made, rows)
        return rows

    def begin(self, templates: Sequence[Template], rows: Rows) -> None:
        """Fill the forms beside proposed rows: while those are blank, a merge leaves out what may be a proposed row."""
        for template in templates:
            if any(block.proposed_rows for block in template.data):
                for form in (block for block in template.data if not block.has_rows):
                    while not is_used(form, rows[template.full_name(form)][0]):
                        rows[template.full_name(form)] = self.rows_of_block(form)

    def rows_of_block(self, block: DataBlock) -> list[dict[str, object]]:
        """Return a block's rows; the last row of a table is nearly full."""
        count = ROWS if block.has_rows else 1
        return [self.row(block, whole=block.has_rows and number == count - 1) for number in range(count)]

    def row(self, block: DataBlock, *, whole: bool) -> dict[str, object]:
        """Return one row, nearly full or nearly empty; a last row with one filled cell would be taken for a note."""
        share = 1.0 if whole else self.rng.choice((0.0, 0.3, 0.8, 0.95, 1.0))
        empty = {name for name, values in self.scope.lists.items() if not values.values}
        return {
            field.name: self.value(block, field)
            for field in block.columns
            if not (field.computed or field.fill or field.defines or field.list_name() in empty)
            and self.rng.random() < share
        }

    def value(self, block: DataBlock, field: FieldBase) -> object:
        """Return a value: a date near the as-of day, a text with or without a digit, sometimes an invalid one."""
        sample = field.sample(self.rng, self.scope)
        if field.dtype == "datetime":
            if self.rng.random() < 0.05 and not is_asked_for_blank(block, field.name):
                return UnparsedText("下周一")
            day = AS_OF + timedelta(days=self.rng.randint(-12, 8))
            return datetime.combine(day, time(self.rng.randint(0, 23))) if isinstance(sample, datetime) else day
        if self.rng.random() < 0.06 and (spoilt := self.spoilt(block, field)) is not None:
            return spoilt
        if field.separators and self.rng.random() < 0.2:
            return self.rng.choice(SPOILT_PEOPLE)
        limit = field.entry_rule(self.scope)
        if field.kind == "text" and (limit is None or limit.most is None or limit.most >= 20):  # type: ignore[operator]
            return self.rng.choice(("提升至 95%", "尽快办好", "完成率达到九成", "2 人"))
        return sample

    def spoilt(self, block: DataBlock, field: FieldBase) -> object:
        """Return what a paste puts into a cell past its validation; None where a merge and a formula could differ.

        To a merge such a cell is unknown, so what is said of other cells by it must not be asked here.
        """
        rule = field.entry_rule(self.scope)
        if rule is None or field.name == block.key or is_asked_elsewhere(block, field.name):
            return None
        if rule.value_type == "list":
            return UnparsedText(self.rng.choice(("外星区", "Atlantis"))) if rule.stop else None
        if rule.value_type == "id":
            return UnparsedText(self.rng.choice((f"{rule.prefix}/1", "见附件一", f"{rule.prefix}-26-1")))
        if rule.value_type in ("decimal", "whole") and isinstance(rule.most, int | float) and rule.most < 1e9:
            return rule.most * 1.5 + (0 if rule.value_type == "decimal" else 1)
        if rule.value_type in ("decimal", "whole"):
            return UnparsedText("若干")
        return "字" * (rule.most + 1) if rule.value_type == "length" and rule.most < 100 else None  # type: ignore[operator]

    def repeat_keys(self, block: DataBlock, rows: list[dict[str, object]]) -> None:
        """Repeat some values that must be unique."""
        for constraint in block.constraints():
            if constraint.code == "not_unique":
                for row in rows[1:]:
                    if constraint.at in row and self.rng.random() < 0.2:
                        row[constraint.at] = self.rng.choice(rows).get(constraint.at, row[constraint.at])

    def refer(self, block: DataBlock, reference: FieldBase, made: list[dict[str, object]], rows: Rows) -> None:
        """Make references name existing ids."""
        target, _, field = reference.to.rpartition(".")
        ids = [row[field] for row in rows.get(target, ()) if len(row) > 3 and row.get(field)]  # certainly in use
        # Of a repeated id that leads nowhere a merge says the one, a workbook the other.
        unique = any(c.code == "not_unique" and c.at == reference.name for c in block.constraints())
        spoils = not unique and not is_asked_elsewhere(block, reference.name)
        for row in made:
            kept = row.pop(reference.name, None)
            if isinstance(kept, UnparsedText):
                row[reference.name] = kept
            elif ids and self.rng.random() < 0.8:
                row[reference.name] = self.rng.choice(ids)
            elif spoils and self.rng.random() < 0.2:
                row[reference.name] = f"{getattr(reference, 'prefix', 'X')}-2026-998"


def is_asked_elsewhere(block: DataBlock, name: str) -> bool:
    """Return whether a check of another cell, or a result, depends on a field."""
    constraints = [c for c in block.constraints() if c.at != name]
    sides = [side for c in constraints for side in (c.must, c.when) if side]
    sides += [field.expression for field in block.columns if field.expression]
    counted = any(name in names for names in block.groups.values())  # columns of a matrix are counted together
    return counted or name in {p.field for side in sides for p in walk_expression(side) if isinstance(p, Ref)}


def is_asked_for_blank(block: DataBlock, name: str) -> bool:
    """Return whether a check of another cell asks if a field is blank: to a merge, an unparsed text is neither."""
    return any(
        isinstance(part, Blank) and part.field == Ref(name)
        for constraint in block.constraints()
        if constraint.at != name
        for side in (constraint.must, constraint.when)
        if side
        for part in walk_expression(side)
    )


def filled(pack: str, lang: Lang, seed: int) -> OutgoingWorkbook:
    blank = example_outgoing(pack, lang)
    rows = Filler(random.Random(f"{pack}{lang}{seed}"), blank.scope).rows(blank.templates)  # noqa: S311 - fillings
    return replace(blank, rows=rows)


def faults_in_libreoffice(document: Document, planned: Plan, counts: Mapping[str, SheetCounts]) -> set[Fault]:
    """Return every fault that the code cells name."""
    found: set[Fault] = set()
    for sheet, block, layout in planned.blocks():
        checks = counts[sheet.tab].row_checks.get(block.name)
        if checks is None:
            continue
        first, last = checks.rows
        right = checks.first_col + len(checks.columns) - 1
        codes = document.values(sheet.tab, f"{a1(first, checks.first_col)}:{a1(last, right)}")
        lines = planned.records(sheet, block)
        for number, parts in enumerate(codes):
            code = "".join(map(str, parts))
            for index, at in enumerate(range(0, len(code), len(OK_CODE))):
                if code[at] != OK_CODE[0]:
                    field = field_at_fault(checks, index, lines[number])
                    cell = layout.cell(field) if isinstance(layout, FormLayout) else None
                    where = (cell.row, cell.value.first) if cell else (first + number, layout.columns[field].first)  # type: ignore[union-attr]
                    found.add((sheet.tab, a1(*where), code[at]))
    return found


def field_at_fault(checks: RowChecks, index: int, line: Mapping[str, object]) -> str:
    """Return the field at fault; for a code that occurs too often, the second field that holds it."""
    cell = checks.cells[index]
    holding = [name for name in cell.fields if line.get(name) in cell.codes]
    return holding[1] if cell.codes else cell.fields[0]


def faults_of_findings(findings: Sequence[Finding], planned: Plan) -> set[Fault]:
    """Return the faults of all constraints that a workbook checks too."""
    blocks = [block for _, block, _ in planned.blocks()]
    codes = {constraint.code for block in blocks for constraint in block.constraints()} | NOT_ONE | REFUSED
    return {
        (finding.location.sheet, finding.location.cell, letter_of(finding))
        for finding in findings
        if finding.code in codes
    }


def letter_of(finding: Finding) -> str:
    # An ID may be that of another region: a workbook can only ask.
    if finding.severity == "warning" or finding.code == "refers_to_nothing":
        return WARNING_LETTER
    return ERROR_LETTER if finding.value else MISSING_LETTER


def counts_of_findings(tab: str, stored: SheetCounts, faults: Counter[tuple[str, str]]) -> SheetCounts:
    """Return a sheet's counts according to the findings of a merge."""
    return replace(
        stored,
        missing=replace(stored.missing, value=faults[tab, MISSING_LETTER]),
        errors=replace(stored.errors, value=faults[tab, ERROR_LETTER]),
        warnings=replace(stored.warnings, value=faults[tab, WARNING_LETTER]),
    )


@soak.campaign("fillings checked by LibreOffice and by a merge", soak.examples(FILLINGS))
@pytest.mark.parametrize("pack", PACKS)
def test_libreoffice_counts_what_a_merge_finds(office: Office, tmp_path: Path, pack: str) -> None:
    seen: Counter[str] = Counter()
    for seed in soak.numbers(FILLINGS):
        lang = LANGS[seed % 2]
        sent = filled(pack, lang, seed)
        planned = plan(sent)
        path = tmp_path / f"{seed}.xlsx"
        write_workbook(path, sent)
        counts = count_sheets(planned, Dropdowns(planned))

        back = read_result(read_book(path), one_pack(sent.pack, sent.templates, sent.scope, AS_OF))
        expected = faults_of_findings(back.findings, planned)
        faults = Counter((tab, letter) for tab, _, letter in expected)
        expected_counts = {tab: counts_of_findings(tab, stored, faults) for tab, stored in counts.items()}
        with office.open(path) as document:
            document.calculate()
            got = faults_in_libreoffice(document, planned, counts)
            home = document.values(planned.home.tab, "A1:L60") if planned.home.template.cover else []

        assert sorted(got - expected) == []
        assert sorted(expected - got) == []
        texts = {line for row in home for cell in row for line in str(cell).split("\n")}
        if home:
            assert ready_to_send([*expected_counts.values()], lang)[1] in texts
            assert {counts[sheet.tab].text(lang) for sheet in planned.listed if sheet.tab in counts} <= texts
        assert expected_counts == counts  # the stored results are those of LibreOffice
        seen.update(letter for _, _, letter in expected)
    assert seen[MISSING_LETTER] > 0
    assert seen[ERROR_LETTER] > 0


def test_the_mark_names_the_first_fault_and_goes_when_it_is_corrected(office: Office, tmp_path: Path) -> None:
    pack = next(name for name in PACKS if example_outgoing(name).pack.default)
    blank = example_outgoing(pack)
    sheet = next(s for s in plan(blank).sheets if s.is_single_table and s.template.data[0].key)
    block = sheet.template.data[0]
    place = sheet.layout.table(block.name)
    required = [field for field in block.columns if field.required and not field.computed and field.counts_as_content]
    path = tmp_path / "book.xlsx"
    write_workbook(path, blank)
    mark = a1(place.first_row, sheet.layout.last_col + 1)

    marks = []
    with office.open(path) as document:
        for field in required:
            document.calculate()
            marks.append(document.cell(sheet.tab, mark).text)
            value = AS_OF if field.dtype == "datetime" else field.sample(random.Random(1), blank.scope)  # noqa: S311
            shown = field.write(value, "zh", blank.scope)
            assert isinstance(shown, str | int | float | date)
            document.fill(sheet.tab, {a1(place.first_row, place.columns[field.name].first): shown})

    assert marks[0] == ""
    assert marks[1:] == [f"▲ {field.label.zh}：必填未填" for field in required[1:]]
