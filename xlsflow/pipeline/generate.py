"""The verb `generate`: a workbook for every region."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, OutputError, nearest_match
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.model.returns import Stamp
from xlsflow.pipeline.project_file import BEGINNING, default_pack
from xlsflow.system.atomic_write import make_folder

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project, Region
    from xlsflow.pipeline.progress import Progress
    from xlsflow.prefill.prefill import Prefill, PrefilledRows
    from xlsflow.template.kinds import Scope
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack, Template

# Characters that a file name cannot have on some system.
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_SEND_BACK = LocalizedText(
    "用邮件回复发来本工作簿的来信，附上本文件。", "Reply to the e-mail that this workbook came with, and attach it."
)
# Every spreadsheet program writes its user's name here when it saves: without our own name, a region has filled it.
_PROPERTIES, _SAVED_BY_US = "docProps/core.xml", b"<cp:lastModifiedBy>xlsflow<"
_BYTES_SEARCHED = 1 << 16


@dataclass(frozen=True)
class Order:
    """Which workbooks are generated: a pack for some regions of a project.

    Attributes:
        pack: Name of the pack; the project's own where empty.
        regions: Regions by code or name; all where empty.
        round: Id of the round; the project's own where empty.
        lang: Language of every workbook; each region's own where None.
        source: Earlier data to prefill from: a consolidated workbook, or files and folders of returns.
        closed: Whether rows that are done or dropped are prefilled too.
        also: Sheets without a `follow` section whose rows are prefilled too, such as a matrix.
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
        unheard: Regions without earlier data; their workbooks are blank.
        remarks: What a coordinator should know of the rows that regions were given.
        other_round: Whether their round differs from that of the project workbook: merging would refuse the returns.
    """

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.unheard: list[Region] = []
        self.remarks: list[LocalizedText] = []
        self.other_round = False


def generate(project: Project, out: Path, order: Order, library: Library, progress: Progress | None = None) -> Outbox:
    """Write a workbook for every region into a folder, and return their paths in the project's order.

    Raises:
        InputError: The round has no id or deadline, or the earlier data are not there.
        TemplateError: The pack's definition is wrong or not there.
        ProjectError: A region is not there.
        OutputError: The folder cannot be made, or a workbook not be written, or it was filled since it was written.
    """
    from xlsflow.template.issued import issued_template
    from xlsflow.workbook.batch.batch_writer import BatchWriter

    planned = project.round.id
    if order.round:
        project = replace(project, round=replace(project.round, id=order.round))
    if not project.round.id or project.round.due is None:
        raise InputError("no_round")
    named = order.pack or project.project.pack
    pack = project.extended(library.pack(named) if named else default_pack(library))
    scope = project.scope(library, pack)
    templates = tuple(issued_template(template) for template in library.sheets(pack, scope))
    regions = [project.region(name) for name in order.regions] or list(project.regions)
    make_folder(out)
    workbooks = [
        outgoing_workbook(
            region, project, pack, templates, project.scope_for(region, scope), order.lang or region.language
        )
        for region in regions
    ]
    paths = [out / file_name(e.stamp.document, r.label.say(e.lang)) for r, e in zip(regions, workbooks, strict=True)]
    for path in paths:  # before the first is written, so that an error leaves all of them as they are
        _check_not_filled(path)
    written, before = Outbox(), _before(order, project, templates, library, progress)
    written.other_round = bool(order.round) and order.round != planned
    done = _workbooks_done(progress, len(paths))
    given: dict[str, PrefilledRows] = {}
    with BatchWriter(done) as writer:
        for region, blank, path in zip(regions, workbooks, paths, strict=True):
            outgoing = blank
            if before is not None:
                rows = given[region.code] = before.of(region.code, blank.day.year)
                outgoing = replace(
                    blank,
                    rows={**blank.rows, **rows.rows},
                    earlier=rows.earlier,
                    numbers=rows.numbers,
                    since=before.since,
                )
                written.unheard += [] if rows.found else [region]
            writer.write(path, outgoing)
            written.append(path)
    if before is not None:
        from xlsflow.prefill.remarks import prefill_remarks

        written.remarks += prefill_remarks(given, before.homeless, project)
    return written


def _workbooks_done(progress: Progress | None, total: int) -> Callable[[int], None] | None:
    """Return the callback of the batch writer, which knows how many workbooks are written but not of how many."""
    if progress is None:
        return None
    progress("generate", 0, total)
    return lambda done: progress("generate", done, total)


def _check_not_filled(path: Path) -> None:
    """Check that nobody has saved a workbook since it was generated: filled-in data are never overwritten.

    Raises:
        OutputError: Somebody has, or it is not a workbook of ours.
    """
    if not path.is_file():
        return
    try:
        with zipfile.ZipFile(path) as parts, parts.open(_PROPERTIES) as properties:
            unchanged = _SAVED_BY_US in properties.read(_BYTES_SEARCHED)
    except (OSError, KeyError, zipfile.BadZipFile):
        unchanged = False
    if not unchanged:
        raise OutputError("output_was_filled", file=path)


def _before(
    order: Order,
    project: Project,
    templates: tuple[Template, ...],
    library: Library,
    progress: Progress | None,
) -> Prefill | None:
    """Return the rows to prefill, if the order names earlier data.

    Raises:
        InputError: The earlier data are not there, or of the round that the workbooks are for.
    """
    also = known_tables(order.also, templates)
    if not order.source:
        return None
    found = prefill_from([Path(path) for path in order.source], project, templates, library, progress)
    own_round = any(record.stamp.round == project.round.id for record in found.book.counted)
    if own_round and not order.regions:  # a single region may have lost its workbook of this round
        raise InputError("from_this_round", path=", ".join(map(str, order.source)), round=project.round.id)
    return replace(found, closed=order.closed, also=also)


def prefill_from(
    paths: Sequence[Path],
    project: Project,
    templates: Sequence[Template],
    library: Library,
    progress: Progress | None = None,
) -> Prefill:
    """Return the rows of an earlier round: those of a consolidated workbook, or of returns of any round of the project.

    Raises:
        InputError: A path is not there, or nothing in it was sent out for this project.
    """
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.merge import merge_paths
    from xlsflow.prefill.prefill import Prefill

    book = merge_paths(paths, Definitions(library, project, any_round=True), progress)
    if not book.counted:
        raise InputError("nothing_to_go_on_from", path=", ".join(map(str, paths)))
    return Prefill(book, templates, [region.code for region in project.regions], project.round.id)


def known_tables(names: Sequence[str], templates: Sequence[Template]) -> frozenset[str]:
    """Return the sheets or blocks that names stand for.

    Raises:
        InputError: There is none of that name with rows in it.
    """
    known: dict[str, str] = {}
    for template in templates:
        many = [template.full_name(block) for block in template.data if block.has_rows]
        known |= dict.fromkeys((*template.tab.both(), template.name), template.name) if many else {}
        known |= {name: name for name in many}
    for name in names:
        if name not in known:
            near = nearest_match(name, known)
            suggestion = (
                LocalizedText(f"（是不是“{near}”？）", f" (did you mean “{near}”?)") if near else untranslated("")
            )
            names_known = ", ".join(template.name for template in templates if template.name in known)
            raise InputError("no_such_table", table=name, near=suggestion, known=names_known)
    return frozenset(known[name] for name in names)


def outgoing_workbook(
    region: Region, project: Project, pack: Pack, templates: tuple[Template, ...], scope: Scope, lang: Lang
) -> OutgoingWorkbook:
    """Return the content of one region's workbook."""
    from xlsflow.template.issued import fingerprint
    from xlsflow.workbook.outgoing.writer import OutgoingWorkbook

    document = "-".join(part for part in (project.project.code, project.round.id, region.code) if part)
    stamp = Stamp(
        pack=pack.name, version=str(pack.version), project=project.project.code, round=project.round.id,
        region=region.code, lang=lang, fingerprint=fingerprint(templates), document=document,
    )  # fmt: skip
    return OutgoingWorkbook(
        pack=pack, templates=templates, scope=scope, lang=lang, stamp=stamp,
        rows=_proposed_rows(project, templates, lang),
        facts=facts_of(project, pack, region, document, lang),
        as_of=project.round.as_of, created=project.round.opens or BEGINNING,
    )  # fmt: skip


def _proposed_rows(
    project: Project, templates: Sequence[Template], lang: Lang
) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Return full block name -> the rows that it goes out with while it is blank."""
    from xlsflow.template.starting_rows import starting_rows

    regions = [
        {"code": untranslated(region.code), "name": region.label, "head": untranslated(region.head)}
        for region in project.regions
    ]
    return {
        template.full_name(block): starting_rows(block.proposed_rows, regions, lang)
        for template in templates
        for block in template.data
        if block.proposed_rows
    }


def facts_of(project: Project, pack: Pack, region: Region, document: str, lang: Lang) -> Mapping[str, object]:
    """Return the facts that cells are prefilled with, by their name in definitions."""
    settings = project.project
    return {
        "document.number": document,
        "pack.title": pack.title.say(lang),
        "pack.version": f"{pack.name} v{pack.version}",
        "project.name": settings.name if lang == "zh" else settings.name_en or settings.name,
        "project.code": settings.code,
        "region.code": region.code,
        "region.name": region.label.say(lang),
        "round.id": project.round.id,
        "round.title": project.round.title,
        "round.opens": project.round.opens,
        "round.due": project.round.due,
        "coordinator.name": settings.coordinator,
        "coordinator.contact": settings.coordinator_contact,
        "coordinator.return_way": settings.send_back or _SEND_BACK.say(lang),
        "region.zone": region.time_zone,
    }


def file_name(document: str, region: str) -> str:
    """Return the name of a region's workbook, fit for every system."""
    return safe_file_name(f"{document}_{region}", ".xlsx")


def safe_file_name(stem: str, suffix: str) -> str:
    """Return a file name that every system allows."""
    return _UNFIT.sub("-", stem).strip(". ") + suffix


if TYPE_CHECKING:
    from xlsflow.workbook.outgoing.writer import OutgoingWorkbook
