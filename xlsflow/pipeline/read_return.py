"""The step for one file: its bytes and the definitions in, one `Return` out.

The step is pure. A reader process runs it for `merge`; this process runs it for the project workbook. Its value can be
pickled, holds columns rather than frames, and states the reason if the file is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from xlsflow.errors import Refused, TemplateError
from xlsflow.fileformat.stamp import CONSOLIDATED_KIND
from xlsflow.findings import Diagnostic, Finding, Location
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.model.consolidated_book import DuplicateRow
from xlsflow.model.history import round_order
from xlsflow.model.ledger import AsideRow, LedgerLine
from xlsflow.model.nested_projects import source_projects
from xlsflow.model.returns import BlockRows, FileRecord, JoinedRows, Return, SkippedRow, Stamp
from xlsflow.model.waivers import Waiver
from xlsflow.template.kinds.choices import CODE_SEPARATOR
from xlsflow.template.lists import fold_text
from xlsflow.template.model import Template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.i18n import Lang
    from xlsflow.intake.grid import RawWorkbook
    from xlsflow.intake.hidden.consolidated_pages import BookPages
    from xlsflow.intake.isolation.limits import Limits
    from xlsflow.intake.isolation.reader_pool import Step
    from xlsflow.intake.recognition.placed_block import PlacedBlock, SheetDiagnostic
    from xlsflow.model.project import Project
    from xlsflow.pipeline.definitions import Definitions, PackDefinitions


@dataclass(frozen=True)
class ConsolidatedWorkbook:
    """A consolidated workbook among the returned files: a merge uses the files that it was made from.

    Attributes:
        record: The workbook itself.
        pages: What it holds.
    """

    record: FileRecord
    pages: BookPages


@dataclass(frozen=True)
class BrokenPack:
    """A file of a pack whose definition is wrong: the parent process, which has the library, raises the error."""

    name: str


_SINCE_SENT = LocalizedText("与发出时相比", "since it was sent out")

ReadFile = Return | ConsolidatedWorkbook | BrokenPack
"""What one file is read as."""


def read_return(
    definitions: Definitions, limits: Limits, data: bytes, name: str, *, found: bool = False
) -> Return | ConsolidatedWorkbook:
    """Read one file.

    Args:
        definitions: What it is read against.
        limits: How much of it is read.
        data: Its bytes.
        name: Its name, as findings and reports show it.
        found: Whether a folder was searched for it, rather than the file being named by the user.

    Returns:
        A return, also where the file is refused; or what the consolidated workbook holds that it is.

    Raises:
        TemplateError: The definition of its pack is wrong.
    """
    from xlsflow.intake.isolation.limits import Refusal
    from xlsflow.intake.isolation.read_file import read_bytes

    try:
        workbook = read_bytes(name.rpartition("/")[2], data, limits)
    except Refusal as refusal:
        return Return.refused(FileRecord(name), Diagnostic(refusal.code, refusal.facts))
    return read_grids(definitions, workbook, name, found=found)


def _read_or_broken(definitions: Definitions, limits: Limits, data: bytes, name: str, found: bool) -> ReadFile:  # noqa: FBT001 - a request is a list
    """Read one file in a reader process, whose parent knows what is wrong with a definition."""
    try:
        return read_return(definitions, limits, data, name, found=found)
    except TemplateError as error:
        return BrokenPack(error.file)


def read_grids(
    definitions: Definitions, workbook: RawWorkbook, name: str, *, found: bool = False
) -> Return | ConsolidatedWorkbook:
    """Read one file from its raw grids; see `read_return`.

    Raises:
        TemplateError: The definition of its pack is wrong.
    """
    from xlsflow.intake.hidden.consolidated_pages import is_consolidated
    from xlsflow.intake.whose_return import filler, filler_fields
    from xlsflow.pipeline.check import check_return

    if definitions.as_return and is_consolidated(workbook):
        return _consolidated(definitions, workbook, name)
    returned = place_blocks(definitions, workbook, name, found=found)
    if returned.record.status == "refused":
        return returned
    opened = definitions.pack(returned.record.stamp.pack)
    returned = with_values(returned, opened)
    if definitions.as_return:
        record = replace(returned.record, filler=filler(returned.blocks, filler_fields(opened.definitions)))
        returned = replace(returned, record=record)
        # Without a project, names of regions and people are not read as their codes, which the baseline has.
        if definitions.project is not None:
            returned = _identified(definitions.project, opened, _compared(returned, opened, workbook))
        returned = _summed_up(returned, opened)
    return check_return(returned, definitions) if definitions.check_rows else returned


def place_blocks(definitions: Definitions, workbook: RawWorkbook, name: str, *, found: bool = False) -> Return:
    """Return a file with its blocks as raw columns, or its refusal; values are not read yet.

    Raises:
        TemplateError: The definition of its pack is wrong.
    """
    from xlsflow.intake.hidden.stamp import identify

    stamp, doubts = identify(workbook)
    record = FileRecord(
        name,
        workbook.sha256,
        stamp or Stamp(),
        workbook.saved,
        workbook.writer,
        recognised="stamp" if stamp else "headers",
    )
    if stamp is None:
        pack = _guessed_pack(definitions, workbook)
        if pack is None:
            return Return.refused(record, Diagnostic("foreign_file" if found else "not_ours"))
        record = replace(record, stamp=Stamp(pack=pack))
        doubts = (Diagnostic("stamp_missing"),)
    diagnostic = _mismatch(definitions, record.stamp)
    if diagnostic is not None:
        return Return.refused(record, diagnostic)
    opened = definitions.pack(record.stamp.pack)
    # Without a project, its columns are missing in the templates, so their fingerprint would always differ.
    if record.stamp.fingerprint not in ("", opened.fingerprint) and definitions.project is not None:
        doubts = (*doubts, Diagnostic("other_version"))
    return _placed(Return(record, tuple(_finding(record, doubt) for doubt in doubts)), opened, workbook)


def _consolidated(definitions: Definitions, workbook: RawWorkbook, name: str) -> Return | ConsolidatedWorkbook:
    """Return what a consolidated workbook holds, or the refusal of one that cannot be used."""
    from xlsflow.intake.hidden.consolidated_pages import read_pages

    record = FileRecord(
        name, workbook.sha256, Stamp(kind=CONSOLIDATED_KIND), workbook.saved, workbook.writer, recognised="stamp"
    )
    try:
        pages = read_pages(workbook)
    except Refused as error:
        return Return.refused(record, Diagnostic(error.code, error.facts))
    diagnostic = _mismatch(definitions, pages.stamp)
    if diagnostic is not None:
        return Return.refused(record, diagnostic)
    return ConsolidatedWorkbook(record, _with_present_codes(pages, definitions))


def _with_present_codes(pages: BookPages, definitions: Definitions) -> BookPages:
    """Return what a consolidated workbook holds with former codes, such as those of a region, as they are now."""
    project = definitions.project
    if project is None:
        return pages
    files = [
        replace(record, stamp=replace(record.stamp, region=project.present_code(record.stamp.region)))
        for record in pages.files
    ]
    packs = {record.stamp.pack for record in files} & {*definitions.packs}
    codes = dict(pages.codes)
    for opened in map(definitions.pack, packs):
        for name, field in ((name, field) for name, block in opened.definitions.items() for field in block.columns):
            choices = opened.scope.lists.get(field.list_name())
            if choices is not None and (name, field.name) in codes:
                shown = codes[name, field.name].items()
                codes[name, field.name] = {
                    label: CODE_SEPARATOR.join(map(choices.present_code, code.split(CODE_SEPARATOR)))
                    for label, code in shown
                }
    memory = pages.memory
    if memory is not None:  # else the history of a region that was renamed would be that of another one
        code = {line.region: project.present_code(line.region) for line in memory.history}
        history = tuple(line._replace(region=code[line.region]) for line in memory.history)
        proposals = {
            name: replace(proposal, region=project.present_code(proposal.region))
            for name, proposal in memory.proposals.items()
        }
        memory = replace(memory, history=history, proposals=proposals)
    return replace(pages, files=tuple(files), codes=codes, memory=memory)


def _guessed_pack(definitions: Definitions, workbook: RawWorkbook) -> str | None:
    """Return the pack that a workbook without a stamp resembles."""
    from xlsflow.intake.recognition.file_identity import PackCandidate, guess_pack

    own = definitions.project.project.pack if definitions.project else ""
    packs = ((name, definitions.pack(name)) for name in definitions.packs)
    candidates = (
        PackCandidate(name, opened.recogniser, name == own, opened.pack.default)
        for name, opened in packs
        if not opened.pack.setup
    )
    return guess_pack(workbook, candidates)


def _mismatch(definitions: Definitions, stamp: Stamp) -> Diagnostic | None:
    """Return why a workbook of ours is not read here, None where it is."""
    if stamp.pack not in definitions.packs:
        return Diagnostic("unknown_pack", {"pack": untranslated(stamp.pack)})
    if not definitions.as_return:
        return None
    if definitions.pack(stamp.pack).pack.setup:
        return Diagnostic("project_workbook")
    # What a later version asks is not known here, so half of it would be lost without a word.
    known = definitions.pack(stamp.pack).pack.version
    if stamp.version.isdecimal() and int(stamp.version) > known:
        return Diagnostic("newer_version", {"found": stamp.version, "known": str(known), "pack": stamp.pack})
    project = definitions.project
    if project is None:
        return None
    if refusal := _other_project(stamp, project):
        return Diagnostic(refusal, {"found": stamp.project, "wanted": project.project.code})
    # A round that has passed joins the history; one that is still to come says that the project's own is out of date.
    later = round_order(stamp.round) > round_order(project.round.id)
    if stamp.round and project.round.id and later and not definitions.any_round:
        return Diagnostic("other_round", {"found": stamp.round, "wanted": project.round.id})
    return None


def _other_project(stamp: Stamp, project: Project) -> str:
    """Return why a workbook of another project is not read, empty where it is.

    The book of a project within this one is merged; its returns are read against its own project first.
    """
    if stamp.project in ("", project.project.code):
        return ""
    if fold_text(stamp.project) not in source_projects(project):
        return "other_project"
    return "" if stamp.kind == CONSOLIDATED_KIND else "return_of_part"


def _placed(returned: Return, opened: PackDefinitions, workbook: RawWorkbook) -> Return:
    """Return a file with its blocks, and findings about the structure of its sheets."""
    from xlsflow.intake.recognition.placed_block import PlacedBlock
    from xlsflow.intake.recognition.raw_table import about_sheet, raw_table

    record, findings = returned.record, list(returned.findings)
    blocks: list[BlockRows] = []  # several of one block where a form has several sheets
    sheets: set[str] = set()
    lang: Lang | None = "zh" if record.stamp.lang == "zh" else "en" if record.stamp.lang == "en" else None
    for found in opened.recogniser.place(workbook, lang):
        if isinstance(found, PlacedBlock):
            table, diagnostics = raw_table(found)
            about = (one for one in (*found.diagnostics, *diagnostics) if not _was_not_asked(one, found, record.stamp))
            findings += (_cell_finding(record, diagnostic, found) for diagnostic in about)
            if table.rows and table.sheet not in sheets:
                sheets.add(table.sheet)
                findings += (_finding(record, diagnostic, table.sheet) for diagnostic in about_sheet(found.grid))
            blocks.append(table)
        elif isinstance(found, Template):
            if found.name in opened.may_lack:
                continue
            findings.append(_finding(record, Diagnostic("sheet_missing", {"title": found.tab})))
        else:
            findings.append(_finding(record, found.diagnostic, found.sheet))
    positions = {(table.sheet, table.full_name): table.positions for table in blocks}
    return replace(returned, findings=tuple(findings), blocks=tuple(blocks), positions=positions)


def _was_not_asked(about: SheetDiagnostic, found: PlacedBlock, stamp: Stamp) -> bool:
    """Return whether a missing field is one that the version of the pack behind a workbook did not have yet."""
    if about.diagnostic.code != "column_gone" or not stamp.version.isdecimal():
        return False
    return found.block.field(about.field).since > int(stamp.version)


def with_values(returned: Return, opened: PackDefinitions) -> Return:
    """Return a file with the values of its blocks read, and its rows accounted for."""
    from xlsflow.checks.diagnostics import row_findings
    from xlsflow.intake.read_rows import ledger_line, rows_aside, without_untouched

    file, findings = returned.record.file, list(returned.findings)
    ledger: list[LedgerLine] = []
    aside: list[AsideRow] = []
    blocks: list[BlockRows] = []
    raws: Sequence[BlockRows] = returned.blocks
    if any(block.proposed_rows for block in opened.definitions.values()):
        raws = without_untouched([opened.readers[t.full_name].read(t)[0] for t in raws], opened.definitions)
    for raw in raws:
        name, (_, block) = raw.full_name, opened.blocks[raw.full_name]
        table, diagnostics = opened.readers[name].read(raw)
        if diagnostics:
            found = row_findings(diagnostics, JoinedRows.of([(0, table)], ()), [file], (name, block))
            findings += (finding for _, finding in found)
        ledger.append(ledger_line(file, table, block))
        aside += rows_aside(file, table, block)
        blocks.append(table)
    return replace(returned, findings=tuple(findings), ledger=tuple(ledger), aside=tuple(aside), blocks=tuple(blocks))


def _compared(returned: Return, opened: PackDefinitions, workbook: RawWorkbook) -> Return:
    """Return a file with what was touched in it since it was sent out."""
    from xlsflow.intake.hidden.baseline import sent_out_with
    from xlsflow.intake.touched import compared

    baseline, lost = sent_out_with(workbook, returned.record.stamp.base)
    touched, gone = compared(returned.blocks, opened.definitions, baseline)
    return replace(returned, touched=touched, gone=gone, baseline_lost=lost, since=baseline.round)


def _identified(project: Project, opened: PackDefinitions, returned: Return) -> Return:
    """Return a file with its region and its time of saving, as the project knows them."""
    from xlsflow.intake.recognition.file_identity import with_utc_saved
    from xlsflow.intake.whose_return import with_region

    record, diagnostics = with_region(returned, opened.definitions, opened.scope, project)
    findings = [_finding(record, diagnostic) for diagnostic in diagnostics]
    return replace(returned, record=with_utc_saved(record, project), findings=(*returned.findings, *findings))


def _summed_up(returned: Return, opened: PackDefinitions) -> Return:
    """Return a file with the digest of what it says, and a finding if it says nothing."""
    from xlsflow.intake.touched import content_digest, silence

    record = replace(returned.record, content=content_digest(returned.record.stamp, returned.blocks))
    returned = replace(returned, record=record)
    code = silence(returned, {name: block for name, (sheet, block) in opened.blocks.items() if not sheet.cover})
    if not code:
        return returned
    since = returned.since
    unchanged = LocalizedText(f"与 {since} 轮相比", f"since {since}") if since else _SINCE_SENT
    return replace(returned, findings=(*returned.findings, _finding(record, Diagnostic(code, {"since": unchanged}))))


def _finding(record: FileRecord, diagnostic: Diagnostic, sheet: str = "") -> Finding:
    """Return a finding of a file or a sheet."""
    return Finding(diagnostic.code, Location(record.file, sheet), "", diagnostic.facts)


def _cell_finding(record: FileRecord, about: SheetDiagnostic, found: PlacedBlock) -> Finding:
    """Return a finding about a block's structure, or about a cell before its value is read."""
    label = found.block.label_of(about.field) if about.field else None
    location = Location(record.file, about.sheet, about.cell, found.template.full_name(found.block), about.field, label)
    return Finding(about.diagnostic.code, location, about.value, about.diagnostic.facts)


def reading_step(definitions: Definitions, limits: Limits) -> Step[ReadFile]:
    """Return the step as reader processes run it: called with bytes, name and whether the file was found."""
    from xlsflow.intake.hidden import book_memory, edited_pages
    from xlsflow.intake.hidden.consolidated_pages import BookPages
    from xlsflow.intake.hidden.data_pages import DataTable
    from xlsflow.intake.isolation.reader_pool import Step

    # A reader process may be taken over by a hostile file: only these classes are unpickled from its answers.
    parts = (
        *(FileRecord, Stamp, Finding, Location, LocalizedText, LedgerLine, AsideRow, BlockRows, SkippedRow),
        *(Waiver, BookPages, DataTable, DuplicateRow),
        *book_memory.MEMORY_CLASSES,
        *edited_pages.EDIT_CLASSES,
    )
    return Step(partial(_read_or_broken, definitions, limits), (Return, ConsolidatedWorkbook, BrokenPack), parts)
