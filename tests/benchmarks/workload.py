"""Makes a round as it comes back: a project of many regions, their workbooks generated, filled as people fill them.

Of five returns three were issued with their rows, of which some are then typed over; two were issued blank, and all is
typed. The same number of regions and seed give the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path

from tests.benchmarks.filling import fill
from tests.benchmarks.rows import MISTAKE, STALE_BLANK, TEXT_DATE, Row, Teller
from xlsflow import api
from xlsflow.fileformat.cells import a1
from xlsflow.layout.sheet_layout import FormLayout
from xlsflow.pipeline.generate import file_name, outgoing_workbook
from xlsflow.pipeline.project_file import open_library, write_project
from xlsflow.template.loading.load import Library
from xlsflow.template.model import DataBlock
from xlsflow.workbook.outgoing.plan import plan
from xlsflow.workbook.outgoing.writer import OutgoingWorkbook, write_workbook

DEPARTMENTS = {
    "RD": "研发", "MKT": "市场", "SAL": "销售", "AFT": "售后", "FIN": "财务", "SCM": "供应链", "LEG": "法务",
    "OPS": "运营",
}  # fmt: skip
SURNAMES = "李王张刘陈杨赵黄周吴徐孙朱马胡郭林何高罗"
GIVEN = "明远 芳菲 伟诚 静怡 磊 丽娜 强 敏之 俊杰 秀英 建平 子涵 欣然 宇航 思琪 文博"
Rows = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True)
class Round:
    """Where a round lies.

    Attributes:
        project: The project workbook.
        issued: What went out.
        returns: What was returned.
    """

    project: Path
    issued: Path
    returns: Path


def found_round(folder: Path) -> Round | None:
    """Return the round that lies in a folder, None where there is none."""
    done = Round(folder / "project.xlsx", folder / "outbox", folder / "returns")
    return done if done.returns.is_dir() else None


def make_round(folder: Path, number: int, seed: int = 1) -> Round:
    """Lay a round out in a folder: project workbook, outbox, returns of all regions."""
    library = open_library()
    folder.mkdir(parents=True, exist_ok=True)
    done = Round(folder / "project.xlsx", folder / "outbox", folder / "returns")
    write_project(done.project, project_rows(number), lang="zh", library=library)
    api.generate(done.project, done.issued)
    made = folder / "filling"
    made.mkdir()
    for outgoing, dice in _outgoing_workbooks(done.project, library, seed):
        _write(outgoing, dice, done.issued, made)
    made.rename(done.returns)  # what is there is whole
    return done


def project_rows(number: int) -> Mapping[str, list[Row]]:
    """Return the rows of the project workbook."""
    codes = [f"R{place:03}" for place in range(1, number + 1)]
    names = ["".join(pair) for pair in product(SURNAMES, GIVEN.split())][: max(20, number)]
    units: list[Row] = [{"code": code, "name": name} for code, name in DEPARTMENTS.items()]
    return {
        "project": [{
            "name": "新品铺货", "code": "BM", "coordinator": "陈思远", "coordinator_contact": "pmo@example.com",
        }],
        "round": [{
            "id": "2026-W47", "title": "第 47 周",
            "opens": datetime(2026, 11, 16, 9), "due": datetime(2026, 11, 20, 18), "as_of": date(2026, 11, 20),  # noqa: DTZ001
        }],
        "regions": [
            {
                "code": code, "name": f"大区{code[1:]}", "contact": names[place % len(names)],
                "email": f"{code.lower()}@example.com",
                "time_zone": "Asia/Shanghai", "calendar": "cn", "language": "zh",
            }
            for place, code in enumerate(codes)
        ],
        "departments": units,
        "people": [
            {
                "name": name, "region": f"大区{codes[place % number][1:]}", "department": "市场",
                "email": "someone@example.com",
            }
            for place, name in enumerate(names)
        ],
        "raci_columns": [{**unit, "sort": "department"} for unit in units],
    }  # fmt: skip


def _outgoing_workbooks(path: Path, library: Library, seed: int) -> Iterator[tuple[OutgoingWorkbook, random.Random]]:
    """Yield each region's workbook with the rows that it comes back with."""
    project = api.open_project(path)
    pack = library.pack("coordination")
    scope = library.scope(project.lists(), {**pack.settings, **project.figures()})
    templates = library.sheets(pack, scope)
    codes, people = [region.code for region in project.regions], [person.name for person in project.people]
    for region in project.regions:
        dice = random.Random(f"{seed}/{region.code}")  # noqa: S311 - a benchmark
        teller = Teller(region.code, codes, [unit.code for unit in project.departments], people, dice)
        yield replace(outgoing_workbook(region, project, pack, templates, scope, "zh"), rows=teller.rows()), dice


def _write(outgoing: OutgoingWorkbook, dice: random.Random, issued: Path, returns: Path) -> None:
    """Write one return."""
    region = next(c.label.say("zh") for c in outgoing.scope.lists["regions"].values if c.code == outgoing.stamp.region)
    name = file_name(outgoing.stamp.document, region)
    blocks = {t.full_name(b): b for t in outgoing.templates for b in t.data}
    slipped = {full: [_slip(row, blocks[full], outgoing, dice) for row in rows] for full, rows in outgoing.rows.items()}
    if int(outgoing.stamp.region[1:]) % 5 < 3:
        clean = returns / f".{name}"
        write_workbook(clean, outgoing)
        fill(clean, returns / name, typed(outgoing, slipped, outgoing.rows))
        clean.unlink()
    else:
        fill(issued / name, returns / name, typed(replace(outgoing, rows={}), slipped, {}))


def typed(outgoing: OutgoingWorkbook, rows: Mapping[str, list[Row]], there: Rows) -> dict[str, dict[str, object]]:
    """Return part of a sheet -> address -> what is typed there.

    Args:
        outgoing: What was sent.
        rows: What the cells hold in the end.
        there: What they were issued with.
    """
    planned = plan(outgoing)
    parts: dict[str, dict[str, object]] = {}
    for sheet, block, spot in planned.blocks():
        cells = parts.setdefault(f"xl/worksheets/sheet{planned.sheets.index(sheet) + 1}.xml", {})
        full = sheet.template.full_name(block)
        held = list(there.get(full, ()))
        for number, row in enumerate(rows.get(full, ())):
            for name, value in row.items():
                if value == (held[number].get(name) if held else None):
                    continue
                shown = None if value is None else block.field(name).write(value, "zh", outgoing.scope)
                if isinstance(spot, FormLayout):
                    cell = spot.cell(name)
                    cells[a1(cell.row, cell.value.first)] = shown
                else:
                    cells[a1(spot.first_row + number, spot.columns[name].first)] = shown
    return parts


def _slip(row: Mapping[str, object], block: DataBlock, outgoing: OutgoingWorkbook, dice: random.Random) -> Row:
    """Return a row with slips: a pasted blank, a date as text, a word that is not listed, a cell left out."""
    slipped: Row = {}
    for name, value in row.items():
        field, chance = block.field(name), dice.random()
        slipped[name] = value
        if value is None:
            continue
        if isinstance(value, date) and chance < TEXT_DATE:
            slipped[name] = f"{value.year}.{value.month}.{value.day}"
        elif field.list_name() and chance < STALE_BLANK:
            slipped[name] = f"{field.write(value, 'zh', outgoing.scope)} "
        elif field.list_name() and chance < STALE_BLANK + MISTAKE:
            slipped[name] = "另议"
        elif field.required and chance > 1 - MISTAKE:
            slipped[name] = None
    return slipped
