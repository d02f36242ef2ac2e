"""Recognises the sheets of a return and locates the blocks of their templates in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsflow.fileformat.feedback_marks import is_findings_sheet
from xlsflow.fileformat.hidden_sheets import HIDDEN_PREFIX
from xlsflow.findings import Diagnostic
from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.recognition.find_blocks import BlockSearch, block_searches, find_blocks
from xlsflow.intake.recognition.header_text import normalize_header
from xlsflow.intake.recognition.placed_block import BlockMatch, PlacedBlock, SheetDiagnostic
from xlsflow.intake.recognition.raw_table import raw_table
from xlsflow.intake.recognition.sheet_assignment import LEAST_SHARE, SheetAssignment, TemplateLabels, sheet_language
from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.template.kinds import Scope
from xlsflow.template.model import Template


class PackFit(NamedTuple):
    """How well a workbook fits a pack.

    Attributes:
        fields: Number of fields shown on sheets that are taken for one of the pack.
        missing: Number of sheets of the pack that the workbook lacks.
        named: Number of sheets with a name of the pack.
        best: The largest share of a sheet's fields that is shown.
    """

    fields: int
    missing: int
    named: int
    best: float


class Recogniser:
    """Recognises the sheets of one pack in any number of returns; layouts are computed once and reused."""

    def __init__(self, templates: Sequence[Template], scope: Scope) -> None:
        """Take the templates of a pack, of which those without data are ignored."""
        self.templates = [template for template in templates if template.data]
        self._scope = scope
        self._searches: dict[tuple[str, Lang], tuple[BlockSearch, ...]] = {}

    def place(self, workbook: RawWorkbook, lang: Lang | None) -> Iterator[PlacedBlock | Template | SheetDiagnostic]:
        """Locate every block of the pack in a return.

        Args:
            workbook: The return.
            lang: The language of the outgoing workbook; None if that is not known.

        Yields:
            Blocks in the order of the pack, templates without a sheet, and diagnostics about sheets.
        """
        assignment = SheetAssignment(self.templates, _sheets(workbook))
        for template in self.templates:
            sheet = assignment.by_template.get(template.name)
            if sheet is not None:
                yield from self._blocks(template, sheet, lang or sheet_language(template, sheet))
            elif template.name not in assignment.unclear:
                yield template
        yield from assignment.diagnostics
        for template, sheet in assignment.copies:
            yield from self._copy(template, sheet, assignment.by_template[template.name], lang)

    def fit(self, workbook: RawWorkbook) -> PackFit:
        """Return how well a workbook without a stamp fits the pack."""
        sheets = _sheets(workbook)
        names = {normalize_header(sheet.grid.name) for sheet in sheets}
        fields = missing = named = 0
        best = 0.0
        for template in self.templates:
            if template.cover:  # covers of different packs resemble each other
                continue
            labels = TemplateLabels.of(template)
            # The best sheet, whatever its name: names of sheets are changed more often than headers.
            count = max(map(labels.count_shown, sheets), default=0)
            if count >= LEAST_SHARE * len(labels.labels):
                fields += count
            else:
                missing += 1
            named += not names.isdisjoint(map(normalize_header, template.tab.both()))
            best = max(best, count / len(labels.labels) if labels.labels else 0.0)
        return PackFit(fields, missing, named, best)

    def _copy(
        self, template: Template, copy: SheetIndex, original: SheetIndex, lang: Lang | None
    ) -> Iterator[PlacedBlock | SheetDiagnostic]:
        """Yield the blocks of a further sheet of a form, which is another record; else what is to be said of it.

        A second sheet of a table is not read: which of two lists of the same rows counts, its region must say.
        """
        copied, first = (
            [*self._blocks(template, sheet, lang or sheet_language(template, sheet))] for sheet in (copy, original)
        )
        rows = [
            [dict(table.columns) for block in blocks if (table := raw_table(block)[0]).rows]
            for blocks in (copied, first)
        ]
        if not rows[0] and template.is_repeatable:
            return  # a spare sheet that nobody needed
        # A copy whose rows are the same is harmless; rows that exist only in a copy would be lost unnoticed.
        if not rows[0] or rows[0] == rows[1]:
            code = "sheet_copy_same"
        elif template.is_repeatable:
            code = "sheet_copy_read"
            yield from copied
        else:
            code = "sheet_copy_differs"
        yield SheetDiagnostic(copy.grid.name, Diagnostic(code, {"original": original.grid.name}))

    def _blocks(self, template: Template, sheet: SheetIndex, lang: Lang) -> Iterator[PlacedBlock]:
        """Yield the blocks of one sheet that hold data; each ends where the next one begins."""
        if (template.name, lang) not in self._searches:
            self._searches[template.name, lang] = block_searches(template, lang, self._scope)
        searches = self._searches[template.name, lang]
        results = find_blocks(searches, sheet)
        for number, search in enumerate(searches):
            block, match = search.block, results[number].match
            if block is None:
                continue
            if match is None:
                # The block is handed on without columns, since the diagnostic names the block.
                missing = Diagnostic("header_missing", {"title": _quoted(block.title)})
                diagnostics = (SheetDiagnostic(sheet.grid.name, missing),)
                yield PlacedBlock(template, block, sheet.grid, {}, sheet.end, sheet.end, diagnostics=diagnostics)
                continue
            # A block that was not found bounds nothing; the next one that was found does.
            starts = (later.start for later in results[number + 1 :])
            end = min((start for start in starts if start is not None and start > match.top), default=sheet.end)
            sent_end = search.layout.last_row + 1 + match.shift
            widths = _box_widths(search, match)
            yield PlacedBlock(
                template, block, sheet.grid, match.columns, match.first_row, end, sent_end, match.diagnostics, widths
            )


def _sheets(workbook: RawWorkbook) -> list[SheetIndex]:
    """Return the sheets that a region sees, without our hidden ones and the list of findings of a marked copy."""
    return [
        SheetIndex(grid)
        for grid in workbook.grids
        if not grid.name.startswith(HIDDEN_PREFIX) and not is_findings_sheet(grid.at(0, 0))
    ]


def _box_widths(search: BlockSearch, match: BlockMatch) -> Mapping[str, int]:
    """Return how wide the boxes of a form are; nothing where its columns are others, as in an earlier version."""
    if search.form is None:
        return {}
    planned = {cell.field: cell.value.first for cell in search.form.layout.cells}
    in_place = planned == {name: col for name, (_, col) in match.columns.items()}
    return search.form.layout.box_widths if in_place else {}


def _quoted(title: LocalizedText | None) -> LocalizedText:
    """Return a heading as it is quoted in a message."""
    return LocalizedText(f"“{title.zh}”", f" ({title.en})") if title else untranslated("")
