"""The self-check: LibreOffice counts in a filled workbook what the ingester finds in it, cell by cell."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.helpers.returns import (
    came,
    desk_with,
    read_book,
)
from tests.workbook.outgoing_example import (
    AS_OF,
    PACKS,
    edition,
)
from xlsflow.fileformat.cells import a1
from xlsflow.i18n import (
    LANGS,
    Lang,
)
from xlsflow.layout.sheet_layout import FormLayout
from xlsflow.template.expressions.expression import (
    Blank,
    Ref,
    walk,
)
from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
from xlsflow.workbook.outgoing.plan import (
    Edition,
    Plan,
    SheetPlan,
    Typed,
    plan,
)
from xlsflow.workbook.outgoing.writer import write_edition
from xlsflow.workbook.self_check.completeness import (
    Tally,
    readiness,
    tallies,
)
from xlsflow.workbook.self_check.row_checks import (
    LOOK,
    MEND,
    MISSING,
    SOUND,
    Judged,
)

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
ROWS, FILLINGS = 12, 30
NOT_ONE = frozenset({"several_people", "not_a_person"})
SPOILT_PEOPLE = ("张立诚、王雨桐", "王雨桐/顾问", "华东", "Zhang Licheng; Consultant")


class Filler:
    """Fills a pack's sheets, well and badly."""

    def __init__(self, rng: random.Random, scope: Scope) -> None:
        self.rng, self.scope = rng, scope

    def rows(self, templates: Sequence[Template]) -> Rows:
        """Rows for every block; what refers to an id names one that is there."""
        rows = {
            t.full_name(b): [self.row(b, whole=b.many and not left) for left in reversed(range(ROWS if b.many else 1))]
            for t in templates
            for b in t.data
        }
        blocks = [(block, rows[template.full_name(block)]) for template in templates for block in template.data]
        for block, made in blocks:
            self.repeat_keys(block, made)
        for block, made in blocks:
            for one in block.columns:
                if one.to:
                    self.refer(one, made, rows)
        return rows

    def row(self, block: DataBlock, *, whole: bool) -> dict[str, object]:
        """One row, nearly whole or nearly empty; a last row with one cell in it would be taken for a note."""
        share = 1.0 if whole else self.rng.choice((0.0, 0.3, 0.8, 0.95, 1.0))
        empty = {name for name, values in self.scope.lists.items() if not values.values}
        return {
            one.name: self.value(block, one)
            for one in block.columns
            if not (one.computed or one.fill or one.defines or one.list_name() in empty) and self.rng.random() < share
        }

    def value(self, block: DataBlock, one: FieldBase) -> object:
        """A value: a day near the as-of day, a text with or without a figure, at times something that is none."""
        sample = one.sample(self.rng, self.scope)
        if one.dtype == "datetime":
            if self.rng.random() < 0.05 and not asked_for_blank(block, one.name):
                return Typed("下周一")
            day = AS_OF + timedelta(days=self.rng.randint(-12, 8))
            return datetime.combine(day, time(self.rng.randint(0, 23))) if isinstance(sample, datetime) else day
        if one.parting and self.rng.random() < 0.2:
            return self.rng.choice(SPOILT_PEOPLE)
        limit = one.entry_rule(self.scope)
        if one.kind == "text" and (limit is None or limit.most is None or limit.most >= 20):  # type: ignore[operator]
            return self.rng.choice(("提升至 95%", "尽快办好", "完成率达到九成", "2 人"))
        return sample

    def repeat_keys(self, block: DataBlock, rows: list[dict[str, object]]) -> None:
        """Let some values that should stand once stand twice."""
        for check in block.checks():
            if check.code == "not_unique":
                for row in rows[1:]:
                    if check.at in row and self.rng.random() < 0.2:
                        row[check.at] = self.rng.choice(rows).get(check.at, row[check.at])

    def refer(self, one: FieldBase, made: list[dict[str, object]], rows: Rows) -> None:
        """Let references name what is there."""
        block, _, field = one.to.rpartition(".")
        there = [row[field] for row in rows.get(block, ()) if len(row) > 3 and row.get(field)]  # surely used
        for row in made:
            row.pop(one.name, None)
            if there and self.rng.random() < 0.8:
                row[one.name] = self.rng.choice(there)


def asked_for_blank(block: DataBlock, name: str) -> bool:
    """Whether a check of another cell asks if a field is blank: what cannot be read is neither, to the ingester."""
    return any(
        isinstance(part, Blank) and part.field == Ref(name)
        for check in block.checks()
        if check.at != name
        for side in (check.must, check.when)
        if side
        for part in walk(side)
    )


def filled(pack: str, lang: Lang, seed: int) -> Edition:
    blank = edition(pack, lang)
    rows = Filler(random.Random(f"{pack}{lang}{seed}"), blank.scope).rows(blank.templates)  # noqa: S311 - fillings
    return replace(blank, rows=rows)


def judged_by_libreoffice(document: Document, planned: Plan, counts: Mapping[str, Tally]) -> set[Fault]:
    """Every fault that the judging cells name."""
    found: set[Fault] = set()
    for sheet, block, place in planned.blocks():
        asked = counts[sheet.tab].judged.get(block.name)
        if asked is None:
            continue
        first, last = asked.rows
        right = asked.first_col + len(asked.columns) - 1
        codes = document.values(sheet.tab, f"{a1(first, asked.first_col)}:{a1(last, right)}")
        lines = planned.records(sheet, block)
        for number, parts in enumerate(codes):
            code = "".join(map(str, parts))
            for spot, at in enumerate(range(0, len(code), len(SOUND))):
                if code[at] != SOUND[0]:
                    field = bearer(asked, spot, lines[number])
                    cell = place.cell(field) if isinstance(place, FormLayout) else None
                    where = (cell.row, cell.value.first) if cell else (first + number, place.columns[field].first)  # type: ignore[union-attr]
                    found.add((sheet.tab, a1(*where), code[at]))
    return found


def bearer(asked: Judged, spot: int, line: Mapping[str, object]) -> str:
    """The field at fault; of a code that stands too often, the second that holds it."""
    one = asked.spots[spot]
    holding = [name for name in one.fields if line.get(name) in one.codes]
    return holding[1] if one.codes else one.fields[0]


def found_by_the_ingester(findings: Sequence[Finding], planned: Plan) -> set[Fault]:
    """Every fault of the rules that both hold."""
    held = {check.code for _, block, _ in planned.blocks() for check in block.checks()} | NOT_ONE
    return {
        (one.location.sheet, one.location.cell, LOOK if one.severity == "warning" else MEND if one.value else MISSING)
        for one in findings
        if one.code in held
    }


def said(sheet: SheetPlan, counts: Mapping[str, Tally], faults: Counter[tuple[str, str]]) -> Tally:
    """A sheet's counts as the ingester's findings make them."""
    tally = counts[sheet.tab]
    missing, mend, look = (
        replace(one, figure=faults[sheet.tab, letter])
        for one, letter in ((tally.missing, MISSING), (tally.mend, MEND), (tally.look, LOOK))
    )
    return replace(tally, missing=missing, mend=mend, look=look)


@pytest.mark.parametrize("pack", PACKS)
def test_libreoffice_counts_what_the_ingester_finds(office: Office, tmp_path: Path, pack: str) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FILLINGS):
        lang = LANGS[seed % 2]
        one = filled(pack, lang, seed)
        planned = plan(one)
        path = tmp_path / f"{seed}.xlsx"
        write_edition(path, one)
        counts = tallies(planned, Dropdowns(planned))

        back = came(read_book(path), desk_with(one.pack, one.templates, one.scope, AS_OF))
        wanted = found_by_the_ingester(back.findings, planned)
        faults = Counter((tab, letter) for tab, _, letter in wanted)
        tallied = {sheet.tab: said(sheet, counts, faults) for sheet in planned.sheets if sheet.tab in counts}
        with office.open(path) as document:
            document.calculate()
            got = judged_by_libreoffice(document, planned, counts)
            home = document.values(planned.home.tab, "A1:L60") if planned.home.template.cover else []

        assert sorted(got - wanted) == []
        assert sorted(wanted - got) == []
        texts = {str(cell) for row in home for cell in row}
        if home:
            assert readiness([*tallied.values()], lang)[1] in texts
            assert {tallied[sheet.tab].text(lang) for sheet in planned.listed if sheet.tab in tallied} <= texts
        assert tallied == counts  # what was stored is what LibreOffice works out
        seen.update(letter for _, _, letter in wanted)
    assert seen[MISSING] > 0
    assert seen[MEND] > 0


def test_the_mark_names_the_first_fault_and_goes_when_it_is_mended(office: Office, tmp_path: Path) -> None:
    pack = next(name for name in PACKS if edition(name).pack.default)
    blank = edition(pack)
    sheet = next(s for s in plan(blank).sheets if s.lone and s.template.data[0].key)
    block = sheet.template.data[0]
    place = sheet.layout.table(block.name)
    required = [one for one in block.columns if one.required and not one.computed and one.makes_row]
    path = tmp_path / "book.xlsx"
    write_edition(path, blank)
    mark = a1(place.first_row, sheet.layout.last_col + 1)

    marks = []
    with office.open(path) as document:
        for one in required:
            document.calculate()
            marks.append(document.cell(sheet.tab, mark).text)
            value = AS_OF if one.dtype == "datetime" else one.sample(random.Random(1), blank.scope)  # noqa: S311
            shown = one.write(value, "zh", blank.scope)
            assert isinstance(shown, str | int | float | date)
            document.fill(sheet.tab, {a1(place.first_row, place.columns[one.name].first): shown})

    assert marks[0] == ""
    assert marks[1:] == [f"▲ {one.label.zh}：必填未填" for one in required[1:]]
