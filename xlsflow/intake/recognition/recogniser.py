"""Which sheet of a return is which, by its name or else by what it holds, and where does each block lie in it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from xlsflow.fileformat.feedback_marks import is_list
from xlsflow.findings import Diagnostic
from xlsflow.i18n import (
    LANGS,
    Lang,
    LocalizedText,
    untranslated,
)
from xlsflow.intake.grid import GridBook
from xlsflow.intake.hidden.stamp import identify
from xlsflow.intake.recognition.find_form import (
    WantedForm,
    find_form,
)
from xlsflow.intake.recognition.find_table import (
    WantedTable,
    find_table,
)
from xlsflow.intake.recognition.header_text import (
    header,
    known_labels,
)
from xlsflow.intake.recognition.placed_block import (
    Found,
    PlacedBlock,
    SheetDiagnostic,
)
from xlsflow.intake.recognition.raw_table import raw_table
from xlsflow.intake.recognition.sheet_index import Page
from xlsflow.layout.sheet_layout import (
    BlockLayout,
    FormLayout,
    PrintedLayout,
    TableLayout,
    lay_out,
)
from xlsflow.template.kinds import Scope
from xlsflow.template.model import DataBlock, Template

__all__ = ["PlacedBlock", "Recogniser", "SheetDiagnostic", "identify", "place"]

OWN = "_"
"""How the names of our own hidden sheets begin."""
ALIKE = 0.5
"""Share of a definition's fields that a sheet must show to be taken for it."""
_HEAD = 80
"""Rows in which labels and headers are looked for to tell what a sheet is."""


def place(
    book: GridBook, templates: Sequence[Template], scope: Scope, lang: Lang | None
) -> Iterator[PlacedBlock | Template | SheetDiagnostic]:
    """Yield every block of a pack where it lies in a return; see `Recogniser.place`."""
    return Recogniser(templates, scope).place(book, lang)


class Fit(NamedTuple):
    """How well a workbook fits a pack.

    Attributes:
        fields: How many fields it shows of sheets of the pack that it has.
        missing: How many sheets of the pack it has not.
        named: How many of its sheets bear the name of one of the pack.
        best: The best share of a sheet's fields that it shows.
    """

    fields: int
    missing: int
    named: int
    best: float


@dataclass(frozen=True)
class _Wanted:
    """One block as it is looked for on a sheet: in exactly one of three ways.

    Attributes:
        place: Where it was issued.
        title: Its heading.
        words: What is printed in it, as it is compared.
        table: The table.
        form: The form.
    """

    place: BlockLayout
    title: LocalizedText | None
    words: frozenset[str] = frozenset()
    table: WantedTable | None = None
    form: WantedForm | None = None

    @cached_property
    def exact(self) -> frozenset[str]:
        """Its heading in every language."""
        return frozenset(self.title.both()) if self.title else frozenset()

    @cached_property
    def titles(self) -> frozenset[str]:
        """Its heading in every language, as it is compared."""
        return _folded((self.title,))

    @property
    def block(self) -> DataBlock | None:
        """Its definition, where it holds data."""
        data = self.table or self.form
        return data.block if data else None


class Recogniser:
    """The sheets of one pack as they are looked for in any number of returns."""

    def __init__(self, templates: Sequence[Template], scope: Scope) -> None:
        """Begin with nothing laid out; that is done once for each sheet and language."""
        self.templates = [template for template in templates if template.data]
        self._scope = scope
        self._wanted: dict[tuple[str, Lang], tuple[_Wanted, ...]] = {}

    def place(self, book: GridBook, lang: Lang | None) -> Iterator[PlacedBlock | Template | SheetDiagnostic]:
        """Yield every block where it lies in a return.

        Args:
            book: The return.
            lang: The language that it was issued in; None where that is not known.

        Yields:
            Blocks in the order of the pack, a template whose sheet is not there, and what is to be said of sheets.
        """
        pages = _pages(book)
        sheets = _Sheets(self.templates, pages)
        for template in self.templates:
            page = sheets.of.get(template.name)
            if page is not None:
                yield from self._blocks(template, page, lang or _tongue(template, page))
            elif template.name not in sheets.unclear:
                yield template
        yield from sheets.remarks
        for template, page in sheets.copies:
            yield self._copied(template, page, sheets.of[template.name], lang)

    def fit(self, book: GridBook) -> Fit:
        """Return how well a workbook without a stamp fits the pack."""
        pages = _pages(book)
        names = {header(page.grid.name) for page in pages}
        sheets = [(t, _Traits.of(t)) for t in self.templates if not t.cover]
        shown = [(t, traits, max(map(traits.shown, pages), default=0)) for t, traits in sheets]
        return Fit(
            fields=sum(n for _, traits, n in shown if n >= ALIKE * len(traits.labels)),
            missing=sum(n < ALIKE * len(traits.labels) for _, traits, n in shown),
            named=sum(not names.isdisjoint(map(header, t.tab.both())) for t, _, _ in shown),
            best=max((n / len(traits.labels) for _, traits, n in shown if traits.labels), default=0.0),
        )

    def _copied(self, template: Template, page: Page, original: Page, lang: Lang | None) -> SheetDiagnostic:
        """Return what is to be said of a second sheet of one template: whether it holds the same."""

        def held(which: Page) -> list[object]:
            tables = (raw_table(b)[0] for b in self._blocks(template, which, lang or _tongue(template, which)))
            return [dict(table.columns) for table in tables if table.rows]

        copy = held(page)
        code = "sheet_copy_same" if not copy or copy == held(original) else "sheet_copy_differs"
        return SheetDiagnostic(page.grid.name, Diagnostic(code, {"original": original.grid.name}))

    def _blocks(self, template: Template, page: Page, lang: Lang) -> Iterator[PlacedBlock]:
        """Yield the blocks of one sheet, each bounded by where the next one begins."""
        wanted = self._looked_for(template, lang)
        found, edges = _found(wanted, page)
        for number, one in enumerate(wanted):
            block, here = one.block, found[number]
            if block is None:
                continue
            if here is None:
                gone = (SheetDiagnostic(page.grid.name, Diagnostic("header_missing", {"title": _quoted(block.title)})),)
                yield PlacedBlock(template, block, page.grid, {}, page.end, page.end, remarks=gone)
                continue
            end = min((edge for edge in edges[number + 1 :] if edge is not None and edge > here.top), default=page.end)
            issued = one.place.last_row + 1 + here.shift
            yield PlacedBlock(template, block, page.grid, here.columns, here.first_row, end, issued, here.remarks)

    def _looked_for(self, template: Template, lang: Lang) -> tuple[_Wanted, ...]:
        if (template.name, lang) not in self._wanted:
            self._wanted[template.name, lang] = tuple(_wanted(template, lang, self._scope))
        return self._wanted[template.name, lang]


def _pages(book: GridBook) -> list[Page]:
    """Return the sheets of a return that are neither hidden ones of ours nor our list of what is to be mended."""
    return [Page(grid) for grid in book.grids if not grid.name.startswith(OWN) and not is_list(grid.at(0, 0))]


def _quoted(title: LocalizedText | None) -> LocalizedText:
    """Return a heading as a sentence names it."""
    return LocalizedText(f"“{title.zh}”", f" ({title.en})") if title else untranslated("")


def _wanted(template: Template, lang: Lang, scope: Scope) -> Iterator[_Wanted]:
    """Yield the blocks of a sheet as they are looked for."""
    layout = lay_out(template, lang, scope)
    fields = [one for block in template.data for one in block.columns]
    known = {header(text) for one in fields for text in (*one.label.both(), *one.was)}
    known |= _folded([block.title for block in template.blocks])
    for block in template.blocks:
        spot = layout.by_block[block.name]
        own = block.title if spot.title_row is not None else None
        if isinstance(block, DataBlock) and isinstance(spot, TableLayout):
            yield _Wanted(spot, own, table=WantedTable(block, spot))
        elif isinstance(block, DataBlock) and isinstance(spot, FormLayout):
            yield _Wanted(spot, own, form=WantedForm(block, spot, frozenset(known)))
        else:
            words = spot.words if isinstance(spot, PrintedLayout) else ()
            yield _Wanted(spot, own, _folded(words))


def _folded(several: Sequence[LocalizedText | None]) -> frozenset[str]:
    return frozenset(header(text) for words in several if words for text in words.both())


def _found(wanted: Sequence[_Wanted], page: Page) -> tuple[list[Found | None], list[int | None]]:
    """Return where the blocks of a sheet were found, and the row that each begins in."""
    found: list[Found | None] = []
    edges: list[int | None] = []
    shift = after = 0
    for number, one in enumerate(wanted):
        here: Found | None = None
        edge: int | None = None
        if one.table:
            here = find_table(one.table, page, shift, after)
            edge = _heading_above(one, page, here.top, after) if here else None
        else:
            edge = _heading(one, page, shift, after)
            if one.form:
                if edge is not None and one.place.title_row is not None:
                    shift = edge - one.place.title_row
                below = partial(_limit, wanted[number + 1 :], page, edge or after)
                here = find_form(one.form, page, shift, after, below)
                edge = here.top if here and edge is None else edge
        if here:
            shift, after = here.shift, here.first_row
        found.append(here)
        edges.append(edge)
    return found, edges


def _heading_above(one: _Wanted, page: Page, top: int, after: int) -> int:
    """Return the row of a table's heading, at most three rows above its keys; its first row where there is none."""
    rows = (row for row in range(top - 1, max(top - 4, after - 1), -1) if _is_heading(one, page, row))
    return next(rows, top) if one.title else top


def _is_heading(one: _Wanted, page: Page, row: int) -> bool:
    return any(isinstance(value, str) and header(value) in one.titles for value in page.row(row)[:3])


def _heading(one: _Wanted, page: Page, shift: int, after: int) -> int | None:
    """Return the row of a heading: where it was issued, else the first that bears it, else the first row printed."""
    if one.place.title_row is not None:
        expected = one.place.title_row + shift
        if expected >= after and _is_heading(one, page, expected):
            return expected
        first = max(after, page.top)
        for row, cells in enumerate(page.grid.rows[first - page.top :], first):
            if cells and cells[0] in one.exact:
                return row
        like = (row for row in range(first, page.end) if _is_heading(one, page, row))
        if (found := next(like, None)) is not None:
            return found
    if not one.words:
        return None
    rows = (row for row in range(max(after, page.top), page.end) if _is_printed(one, page, row))
    return next(rows, None)


def _is_printed(one: _Wanted, page: Page, row: int) -> bool:
    """Return whether a row holds nothing but what is printed in a block."""
    cells = [value for value in page.row(row) if value is not None]
    return bool(cells) and all(isinstance(value, str) and header(value) in one.words for value in cells)


def _limit(later: Sequence[_Wanted], page: Page, after: int) -> int:
    """Return the row behind the last one that a form can have: that of the next block's keys or heading."""
    for one in later:
        if one.table:
            names = one.table.fields
            rows = [row for row, keys in page.keys if row >= after and not names.keys().isdisjoint(keys)]
        else:
            heading = _heading(one, page, 0, after + 1)
            rows = [] if heading is None else [heading]
        if rows:
            return rows[0]
    return page.end


def _tongue(template: Template, page: Page) -> Lang:
    """Return the language of a sheet: that of its name, else the one that more of its labels are in."""
    for lang in LANGS:
        if header(page.grid.name) == header(template.tab.say(lang)):
            return lang
    shown = _Traits.of(template).head(page)
    labels = [field.label for block in template.data for field in block.columns]
    return max(LANGS, key=lambda lang: sum(header(label.say(lang)) in shown for label in labels))


@dataclass(frozen=True)
class _Traits:
    """By what the sheet of a template is known: its keys and labels.

    Attributes:
        labels: Field, with its block -> every label that it is or was known by.
    """

    labels: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, template: Template) -> _Traits:
        """Return the traits of a template."""
        labels: dict[tuple[str, str], set[str]] = {}
        for block in template.data:
            for text, name in known_labels(block.columns).items():
                labels.setdefault((block.name, name), set()).add(text)
        return cls({field: frozenset(texts) for field, texts in labels.items()})

    @staticmethod
    def head(page: Page) -> frozenset[str]:
        """Return the texts in the first rows of a sheet."""
        cells = (value for row in page.grid.rows[:_HEAD] for value in row)
        return frozenset(header(value) for value in cells if isinstance(value, str) and len(value) <= _HEAD)

    def shown(self, page: Page) -> int:
        """Return how many of the fields a sheet shows, by key or by label."""
        keys = {name for _, held in page.keys for name in held}
        texts = self.head(page)
        return sum(name in keys or not names.isdisjoint(texts) for (_, name), names in self.labels.items())

    def likeness(self, page: Page) -> float:
        """Return which share of the fields a sheet shows."""
        return self.shown(page) / len(self.labels) if self.labels else 0.0


class _Sheets:
    """Which page is the sheet of which template, and what the others are."""

    def __init__(self, templates: Sequence[Template], pages: Sequence[Page]) -> None:
        self._templates = templates
        self.of: dict[str, Page] = {}
        self.unclear: set[str] = set()
        self.copies: list[tuple[Template, Page]] = []
        self.remarks: list[SheetDiagnostic] = []
        self._left = list(pages)
        self._by_name()
        if len(self.of) < len(templates) and self._left:
            self._by_content()
        if self._left:
            self._others()

    @cached_property
    def _traits(self) -> Mapping[str, _Traits]:
        return {template.name: _Traits.of(template) for template in self._templates}

    def _by_name(self) -> None:
        """Give each template the sheet that bears its name, unless that holds nothing of it and others may."""
        by_tab = {header(text): template for template in self._templates for text in template.tab.both()}
        for page in list(self._left):
            template = by_tab.get(header(page.grid.name))
            if template is None or template.name in self.of:
                continue
            if len(self._left) > len(self._templates) and not self._traits[template.name].shown(page):
                continue
            self._claim(template, page)

    def _claim(self, template: Template, page: Page) -> None:
        self.of[template.name] = page
        self._left.remove(page)

    def _by_content(self) -> None:
        """Give the templates that are left the sheet that fits best; two that fit alike are not chosen between."""
        pairs = [
            (self._traits[template.name].likeness(page), template, page)
            for template in self._templates
            for page in self._left
            if template.name not in self.of
        ]
        for score, template, page in sorted(pairs, key=lambda pair: -pair[0]):
            if score < ALIKE or template.name in self.of or template.name in self.unclear or page not in self._left:
                continue
            alike = [p for s, t, p in pairs if (s, t) == (score, template) and p in self._left]
            if len(alike) > 1:
                self._say_unclear(template, alike)
                continue
            self._claim(template, page)
            self.remarks.append(SheetDiagnostic(page.grid.name, Diagnostic("sheet_renamed", {"title": template.tab})))

    def _say_unclear(self, template: Template, pages: Sequence[Page]) -> None:
        self.unclear.add(template.name)
        self._left = [page for page in self._left if page not in pages]
        tabs = [page.grid.name for page in pages]
        names = LocalizedText("、".join(f"《{tab}》" for tab in tabs), ", ".join(tabs))
        self.remarks.append(SheetDiagnostic("", Diagnostic("sheet_unclear", {"title": template.tab, "names": names})))

    def _others(self) -> None:
        """Say what the sheets are that are nobody's: copies of one that is read, or sheets of their own."""
        for page in self._left:
            if all(map(page.blank, range(page.top, page.end))):
                continue
            score, _, template = max(
                (self._traits[one.name].likeness(page), -number, one) for number, one in enumerate(self._templates)
            )
            if score >= ALIKE and template.name in self.of:
                self.copies.append((template, page))
            else:
                self.remarks.append(SheetDiagnostic(page.grid.name, Diagnostic("sheet_extra")))
