"""The verb `generate`: a workbook for every region."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, OutputError
from xlsflow.model.returns import Stamp
from xlsflow.pipeline.project_file import BEGINNING, default_pack
from xlsflow.system.atomic_write import make_folder

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project, Region
    from xlsflow.pipeline.prefill import Prefill
    from xlsflow.template.kinds import Scope
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack, Template

_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
"""Characters that a file name cannot have on some system."""
_PROPERTIES, _OURS, _MUCH = "docProps/core.xml", b"<cp:lastModifiedBy>xlsflow<", 1 << 16
"""Where a workbook says who saved it last, what it says as long as nobody has, and how much of that is looked at."""


@dataclass(frozen=True)
class Order:
    """Which workbooks are generated: a pack for some regions of a project.

    Attributes:
        pack: Name of the pack; the project's own where empty.
        regions: Regions by code or name; all where empty.
        round: Id of the round; the project's own where empty.
        lang: Language of every workbook; each region's own where None.
        source: What came back before, to go on from: a consolidated workbook, or files and folders of returns.
        closed: Whether rows that are done or dropped are given back too.
        also: Sheets without a `follow` section whose rows are given back too, such as a matrix.
    """

    pack: str = ""
    regions: Sequence[str] = ()
    round: str = ""
    lang: Lang | None = None
    source: Sequence[Path | str] = ()
    closed: bool = False
    also: Sequence[str] = ()


class Outbox(list[Path]):
    """The workbooks that were written, in the project's order.

    Attributes:
        unheard: Regions of which nothing had come back to go on from; their workbooks are blank.
        other_round: Whether their round is not the project workbook's, so that merging would refuse them.
    """

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.unheard: list[Region] = []
        self.other_round = False


def generate(project: Project, out: Path, order: Order, library: Library) -> Outbox:
    """Write a workbook for every region into a folder, and return their paths in the project's order.

    Raises:
        InputError: The round has no id or deadline, or what is to be gone on from is not there.
        TemplateError: The pack's definition is wrong or not there.
        ProjectError: A region is not there.
        OutputError: The folder cannot be made, or a workbook not be written, or it was filled since it was written.
    """
    from xlsflow.workbook.batch.batch_writer import BatchWriter

    planned = project.round.id
    if order.round:
        project = replace(project, round=replace(project.round, id=order.round))
    if not project.round.id or project.round.due is None:
        raise InputError("no_round")
    named = order.pack or project.project.pack
    pack = library.pack(named) if named else default_pack(library)
    scope = library.scope(project.lists(), {**pack.settings, **project.figures()})
    templates = library.sheets(pack, scope)
    regions = [project.region(name) for name in order.regions] or list(project.regions)
    make_folder(out)
    editions = [
        edition_for(region, project, pack, templates, scope, order.lang or region.language) for region in regions
    ]
    paths = [out / file_name(e.stamp.document, r.label.say(e.lang)) for r, e in zip(regions, editions, strict=True)]
    for path in paths:
        _spare_filled(path)
    written, before = Outbox(), _before(order, project, templates, library)
    written.other_round = bool(order.round) and order.round != planned
    with BatchWriter() as press:
        for region, blank, path in zip(regions, editions, paths, strict=True):
            edition = blank
            if before is not None:
                prefilled = before.of(region.code, blank.day.year)
                edition = replace(blank, rows=prefilled.rows, numbers=prefilled.numbers)
                written.unheard += [] if prefilled.found else [region]
            press.write(path, edition)
            written.append(path)
    return written


def _spare_filled(path: Path) -> None:
    """Make sure that a workbook which someone has filled and saved since it was written is not written over.

    Raises:
        OutputError: It would be.
    """
    if not path.is_file():
        return
    try:
        with zipfile.ZipFile(path) as parts, parts.open(_PROPERTIES) as properties:
            ours = _OURS in properties.read(_MUCH)
    except (OSError, KeyError, zipfile.BadZipFile):
        ours = False
    if not ours:
        raise OutputError("output_was_filled", file=path)


def _before(order: Order, project: Project, templates: tuple[Template, ...], library: Library) -> Prefill | None:
    """Return what came back before, where the order is to go on from it."""
    from xlsflow.pipeline.prefill import known_tables, prefill_from

    also = known_tables(order.also, templates)
    if not order.source:
        return None
    found = prefill_from([Path(path) for path in order.source], project, templates, library)
    return replace(found, closed=order.closed, also=also)


def edition_for(
    region: Region, project: Project, pack: Pack, templates: tuple[Template, ...], scope: Scope, lang: Lang
) -> Edition:
    """Return the content of one region's workbook."""
    from xlsflow.template.model import fingerprint
    from xlsflow.workbook.outgoing.writer import Edition

    document = "-".join(part for part in (project.project.code, project.round.id, region.code) if part)
    stamp = Stamp(
        pack=pack.name, version=str(pack.version), project=project.project.code, round=project.round.id,
        region=region.code, lang=lang, fingerprint=fingerprint(templates), document=document,
    )  # fmt: skip
    return Edition(
        pack=pack, templates=templates, scope=scope, lang=lang, stamp=stamp, rows={},
        facts=facts_of(project, pack, region, document, lang),
        as_of=project.round.as_of, created=project.round.opens or BEGINNING,
    )  # fmt: skip


def facts_of(project: Project, pack: Pack, region: Region, document: str, lang: Lang) -> Mapping[str, object]:
    """Return the facts that cells are prefilled with, by their name in definitions."""
    of = project.project
    return {
        "document.number": document,
        "pack.title": pack.title.say(lang),
        "pack.version": f"{pack.name} v{pack.version}",
        "project.name": of.name if lang == "zh" else of.name_en or of.name,
        "project.code": of.code,
        "region.code": region.code,
        "region.name": region.label.say(lang),
        "round.id": project.round.id,
        "round.title": project.round.title,
        "round.opens": project.round.opens,
        "round.due": project.round.due,
        "coordinator.name": of.coordinator,
        "coordinator.contact": of.coordinator_contact,
    }


def file_name(document: str, region: str) -> str:
    """Return the name of a region's workbook, fit for every system."""
    return _UNFIT.sub("-", f"{document}_{region}").strip(". ") + ".xlsx"


if TYPE_CHECKING:
    from xlsflow.workbook.outgoing.writer import Edition
