"""300 filled returns with five planted mistakes each: every mistake is reported at its cell, and nothing else is."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.benchmarks.workload import GIVEN, Rows, project_rows
from tests.helpers import soak
from tests.mistakes.faulty_return import ExpectedFinding, FaultyReturn, FilledBlock, packed
from tests.mistakes.in_cells import IN_CELLS
from tests.mistakes.in_files import IN_FILES
from tests.mistakes.in_sheets import IN_SHEETS, SILENT
from tests.templates.packs.filling import Filler
from xlsflow import api
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import outgoing_workbook
from xlsflow.pipeline.project_file import load_project, open_library, write_project
from xlsflow.workbook.outgoing.plan import plan
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from pathlib import Path

    from xlsflow.i18n import Lang
    from xlsflow.model.consolidated_book import Book
    from xlsflow.workbook.outgoing.writer import OutgoingWorkbook

RETURNS, EACH, FIRST_SEED = 300, 5, 20261120
KINDS = {**IN_CELLS, **IN_SHEETS, **IN_FILES}
AS_OF = date(2026, 11, 20)
FIRST, NAME, REPORTER = "R000", "大区000", "欧阳零"
"""The region whose workbooks are written; those of the other regions differ only in its code and name."""


@dataclass(frozen=True)
class Issued:
    """An outgoing workbook of a pack, and the rows that are filled in."""

    edition: OutgoingWorkbook
    content: bytes
    rows: Mapping[str, list[dict[str, object]]]

    def to(self, region: str, lang: Lang, pack: str, rng: random.Random) -> tuple[FaultyReturn, bytes]:
        """Return the return of another region, and its outgoing workbook."""
        edition = replace(self.edition, stamp=replace(self.edition.stamp, region=region))
        blocks = []
        for sheet, block, place in plan(self.edition).blocks():
            full = sheet.template.full_name(block)
            lines = [{name: _of(value, region) for name, value in row.items()} for row in self.rows.get(full, ())]
            blocks.append(FilledBlock(sheet.tab, block, full, place, lines))
        faulty = FaultyReturn(f"{region}_{pack}_{lang}.xlsx", edition, blocks, rng)
        return faulty, self._named(region)

    def _named(self, region: str) -> bytes:
        with ZipFile(io.BytesIO(self.content)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        ours, number = region.encode(), region[1:]
        theirs = NAME.encode(), f"大区{number}".encode()
        reporter = REPORTER.encode(), _reporter(region).encode()
        return packed(
            {
                name: part.replace(FIRST.encode(), ours).replace(*theirs).replace(*reporter)
                for name, part in parts.items()
            }
        )


def _of(value: object, region: str) -> object:
    """Return a value of the first region as another's: ids contain the code of the region, and a person reports."""
    return value.replace(FIRST, region).replace(REPORTER, _reporter(region)) if isinstance(value, str) else value


@cache
def _reporters() -> Mapping[str, str]:
    people = project_rows(RETURNS)["people"]
    return {f"R{str(person['region'])[-3:]}": str(person["name"]) for person in reversed(people)}


def _reporter(region: str) -> str:
    return _reporters()[region]


@dataclass(frozen=True)
class Sent:
    """The returns that were sent, and the result of merging them."""

    returns: list[FaultyReturn]
    book: Book


@pytest.fixture(scope="module", params=soak.numbers(1, start=FIRST_SEED))
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("round")
    inbox = folder / "inbox"
    inbox.mkdir()
    library = open_library()
    rows = _with_heads(project_rows(RETURNS))
    stand_in = {**rows["regions"][0], "code": FIRST, "name": NAME}
    known = [*rows["people"], *_heads(rows)]  # judged as people, but never typed: each is in a row already
    write_project(folder / "project.xlsx", {**rows, "people": known}, lang="zh", library=library)
    reporter = {**rows["people"][0], "name": REPORTER, "region": NAME}
    issuing = {**rows, "regions": [stand_in, *rows["regions"]], "people": [reporter, *rows["people"]]}
    write_project(folder / "issuing.xlsx", issuing, lang="zh", library=library)
    desk = Definitions(library, load_project(folder / "issuing.xlsx", library), AS_OF)
    issued = {(pack, lang): workbook for pack, lang, workbook in _issued(desk, folder)}
    returns = list(_returns(issued, inbox, request.param))
    return Sent(returns, api.merge([inbox], project=folder / "project.xlsx"))


def _with_heads(rows: Rows) -> Rows:
    """Return a project whose regions have heads, who are nobody else: minutes go out with a row for each of them."""
    names = ["".join(pair) for pair in product("沈韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏", GIVEN.split())]
    return {**rows, "regions": [{**line, "head": name} for line, name in zip(rows["regions"], names, strict=False)]}


def _heads(rows: Rows) -> list[dict[str, object]]:
    return [{**rows["people"][0], "name": region["head"], "region": region["name"]} for region in rows["regions"]]


def _issued(desk: Definitions, folder: Path) -> Iterator[tuple[str, Lang, Issued]]:
    assert desk.project is not None
    region = desk.project.region(FIRST)
    for pack in desk.library.pack_files:
        if desk.library.pack(pack).setup:
            continue
        opened = desk.pack(pack)
        rows = Filler(opened, region, AS_OF, 6).fill()
        languages: tuple[Lang, ...] = ("zh", "en")
        for lang in languages:
            edition = outgoing_workbook(region, desk.project, opened.pack, opened.templates, opened.scope, lang)
            path = folder / f"{pack}_{lang}.xlsx"
            write_workbook(path, edition)
            yield pack, lang, Issued(edition, path.read_bytes(), rows)


def _returns(issued: Mapping[tuple[str, Lang], Issued], inbox: Path, seed: int) -> Iterator[FaultyReturn]:
    """Yield the returns as they are written, each with its mistakes: every kind in turn, what remains at random."""
    order = list(KINDS)
    bag: list[str] = []
    for number in range(1, RETURNS + 1):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - samples
        pack, lang = list(issued)[number % len(issued)]
        faulty, workbook = issued[pack, lang].to(f"R{number:03}", lang, pack, rng)
        tried: list[str] = []
        while len(faulty.planted) < EACH:
            if not bag:
                bag = rng.sample(order, len(order))
            kind = bag.pop()
            if kind not in faulty.planted and KINDS[kind](faulty):
                faulty.planted.append(kind)
            else:
                tried.append(kind)
        bag += tried
        faulty.save(workbook, inbox)
        yield faulty


def test_there_are_as_many_returns_mistakes_and_kinds_as_are_spoken_of(sent: Sent) -> None:
    tally = Counter(kind for faulty in sent.returns for kind in faulty.planted)
    print(f"{len(sent.returns)} returns, {tally.total()} mistakes of {len(tally)} kinds")  # noqa: T201
    for kind, times in sorted(tally.items(), key=lambda pair: -pair[1]):
        print(f"{times:5} {kind}")  # noqa: T201

    assert len(sent.returns) == RETURNS
    assert {len(faulty.planted) for faulty in sent.returns} == {EACH}
    assert tally.keys() == KINDS.keys()
    assert len(KINDS) > 100
    assert len({faulty.outgoing.stamp.pack for faulty in sent.returns}) == 6
    assert {faulty.outgoing.lang for faulty in sent.returns} == {"zh", "en"}


@soak.campaign("planted mistakes", RETURNS * EACH)
def test_every_mistake_is_found_at_its_cell_and_nothing_else_is(sent: Sent) -> None:
    found = Counter(
        ExpectedFinding(f.code, f.location.file, f.location.sheet, f.location.cell) for f in sent.book.findings
    )
    wanted = Counter(expected for faulty in sent.returns for expected in faulty.expected)

    assert sorted((wanted - found).elements()) == []
    assert sorted((found - wanted).elements()) == []
    assert wanted.total() >= RETURNS * EACH - sum(kind in SILENT for faulty in sent.returns for kind in faulty.planted)


def test_whatever_was_typed_otherwise_is_read_as_it_was_meant_and_no_other_cell_is_lost(sent: Sent) -> None:
    compared = 0
    for faulty in sent.returns:
        wrong = {
            (expected.sheet, expected.cell)
            for expected in faulty.expected
            if expected.code not in ("read_as", "read_as_blank")
        }
        for filled in faulty.blocks:
            if LOSING.intersection(faulty.planted) and filled.sheet in faulty.touched:
                continue
            table = sent.book.tables[filled.full]
            read = table[table["_file"] == faulty.file].sort_values("_row").to_dict("records")
            for number, row in enumerate(filled.rows if filled.block.has_rows or read else ()):
                if any(
                    (filled.sheet, filled.cell(number, key)) in wrong for key in (filled.block.key, *row) if key in row
                ):
                    continue
                found = _like(read, row, filled)
                for name, value in row.items():
                    assert _plain(found[name]) == _plain(value), (faulty.file, filled.full, name, faulty.planted)
                    compared += 1

    assert compared > 100_000


LOSING = KINDS.keys() & IN_SHEETS.keys() - SILENT
"""Mistakes that do more to a sheet than move its rows."""


def _like(read: list[dict[Hashable, object]], row: Mapping[str, object], filled: FilledBlock) -> dict[Hashable, object]:
    """Return the row that was read for a typed one: by its key, otherwise by all its values."""
    key = filled.block.key
    if not filled.block.has_rows:
        return read[0]
    if key:
        return next(candidate for candidate in read if candidate[key] == row[key])
    return next(
        candidate for candidate in read if all(_plain(candidate[name]) == _plain(value) for name, value in row.items())
    )


def _plain(value: object) -> object:
    """Return a value as it is compared: of a frame and of a definition alike."""
    if value is None or value != value:  # noqa: PLR0124 - nan, and no time
        return None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, *(value.timetuple()[3:5]))  # noqa: DTZ001 - of a sheet
    return float(value) if isinstance(value, int | float) else str(value)
