"""Outgoing workbooks to write: a project of five regions, any built-in pack, blank or filled with samples."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.model.people import Person
from xlsflow.model.project import Department, Facts, Project, Region, Round
from xlsflow.model.returns import Stamp
from xlsflow.system.package_data import package_data_path
from xlsflow.template.loading.load import Library, load_library
from xlsflow.workbook.outgoing.writer import OutgoingWorkbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.i18n import Lang
    from xlsflow.template.kinds import Scope
    from xlsflow.template.model import Pack, Template

LIBRARY: Library = load_library([package_data_path("workbook_templates")])
PACKS = tuple(sorted(LIBRARY.pack_files))
AS_OF = date(2026, 3, 20)
CREATED = datetime(2026, 3, 16, 9)  # noqa: DTZ001 - a file's date has no time zone

REGIONS = (
    Region("HD", "华东", "East"),
    Region("HN", "华南(新)", "South"),
    Region("SG", "海外", "Overseas", language="en"),
)
PEOPLE = (
    Person("张立诚", "Zhang Licheng", "华东"),
    Person("王雨桐", "Wang Yutong", "HD"),
    Person("黄嘉豪", "Huang Jiahao", "华南(新)"),
    Person("陈伟玲", "Tan Wei Ling", "海外"),
    Person("顾问", "Consultant", ""),
)
DEPARTMENTS = (Department("RD", "研发", "R&D"), Department("SC", "供应链", "Supply chain"))
PROJECT = Project(Facts("新品铺货", "Launch", "QL"), Round("2026-W12"), REGIONS, DEPARTMENTS, PEOPLE)


def example_outgoing(
    pack_name: str,
    lang: Lang = "zh",
    *,
    project: Project = PROJECT,
    filled: bool = False,
    rows: Mapping[str, list[dict[str, object]]] | None = None,
) -> OutgoingWorkbook:
    """Return the outgoing workbook of a pack for the project's first region.

    Args:
        pack_name: The pack.
        lang: Its language.
        project: The project.
        filled: Whether every block holds sample rows, with some cells blank.
        rows: The rows it is sent out with instead.
    """
    pack = LIBRARY.pack(pack_name)
    scope = LIBRARY.scope(project.lists(), {**pack.settings, **project.figures()})
    templates = LIBRARY.sheets(pack, scope)
    given = rows if rows is not None else samples(templates, scope) if filled else {}
    return made(pack, templates, scope, lang, given)


def made(
    pack: Pack,
    templates: tuple[Template, ...],
    scope: Scope,
    lang: Lang = "zh",
    rows: Mapping[str, list[dict[str, object]]] | None = None,
) -> OutgoingWorkbook:
    """Return an outgoing workbook of given sheets."""
    stamp = Stamp(
        pack=pack.name,
        version=str(pack.version),
        project="QL",
        round="2026-W12",
        region="HD",
        lang=lang,
        fingerprint="0123456789ab",
        document="QL-2026-W12-HD",
        kind="return",
    )
    facts = {
        "region.code": "HD",
        "region.name": "华东" if lang == "zh" else "East",
        "round.id": "2026-W12",
        "round.due": datetime(2026, 3, 20, 18),  # noqa: DTZ001 - a region's local time
        "document.number": stamp.document,
        "pack.version": f"{pack.name} v{pack.version}",
    }
    return OutgoingWorkbook(pack, templates, scope, lang, stamp, facts, rows or {}, AS_OF, CREATED)


def samples(templates: tuple[Template, ...], scope: Scope) -> dict[str, list[dict[str, object]]]:
    """Return valid rows for every block, every fourth cell left blank."""
    rng = random.Random(7)  # noqa: S311 - samples, not secrets
    return {
        template.full_name(block): [
            {
                field.name: field.sample(rng, scope)
                for field in block.columns
                if not field.computed
                and not field.fill
                and not field.defines
                and rng.random() < 0.75
                and not _is_empty_list(field.list_name(), scope)
            }
            for _ in range(6 if block.has_rows else 1)
        ]
        for template in templates
        for block in template.data
    }


def _is_empty_list(name: str, scope: Scope) -> bool:
    return name in scope.lists and not scope.lists[name].values


def folder(name: str) -> Path:
    """Return a folder of the repository."""
    return Path(__file__).parents[2] / name
