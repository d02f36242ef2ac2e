"""Takes a consolidated workbook apart by project, and puts the books of several projects together.

A province merges the books of its counties. Rows of different projects are different things whatever their ids, so
each project is merged by itself, by its own definitions, and the books are put side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import TYPE_CHECKING

from xlsflow.errors import Refused
from xlsflow.model.consolidated_book import ORIGIN, Book, BookPart, ReturnSet
from xlsflow.model.history import round_order
from xlsflow.model.nested_projects import lists_of_regions, nested_code, overview_regions, region_in_project
from xlsflow.model.project import Project
from xlsflow.model.returns import renamed
from xlsflow.template.kinds.choices import CODE_SEPARATOR

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.fileformat.cells import Scalar
    from xlsflow.intake.hidden.book_memory import BookMemory
    from xlsflow.intake.hidden.consolidated_pages import BookPages
    from xlsflow.intake.hidden.data_pages import DataTable
    from xlsflow.model.returns import FileRecord, Return
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.read_return import ConsolidatedWorkbook


@dataclass(frozen=True)
class ProjectPages:
    """What a consolidated workbook holds of one project.

    Attributes:
        definitions: What it is read against.
        pages: Its pages, without what is of other projects, in the terms of its own.
    """

    definitions: Definitions
    pages: BookPages

    @property
    def code(self) -> str:
        """Code of the project."""
        return self.pages.stamp.project


def projects_in(workbook: ConsolidatedWorkbook, definitions: Definitions) -> list[ProjectPages]:
    """Return what a consolidated workbook holds of each project.

    Args:
        workbook: The workbook.
        definitions: Those of the project that is merged.

    Raises:
        Refused: A region of another project counts for none of the project's.
    """
    pages, project = workbook.pages, definitions.project
    home = pages.stamp.project
    rows = {"": pages.project, **pages.parts} if pages.parts or not _is_own(home, project) else {}
    found = {
        part or home: Project.from_rows(blocks) for part, blocks in rows.items() if part or not _is_own(home, project)
    }
    if project is None or not found:
        return [ProjectPages(definitions, pages)]
    counted = overview_regions(replace(project, parts=tuple(found.values())))
    parts = []
    for part in sorted({"", *pages.parts, *(record.part for record in pages.files)}):
        mine = _pages_of(pages, part, found.get(part))
        code = mine.stamp.project
        _verify_regions(workbook.record.file, mine, code, counted if code in found else None)
        own = definitions if code not in found else part_definitions(definitions, found[code])
        parts.append(ProjectPages(own, mine))
    return parts


def part_definitions(definitions: Definitions, part: Project) -> Definitions:
    """Return the definitions for a project within the project: its own regions, people and limits.

    Its present round is that of the project: what it returned for an earlier one only is carried on.
    """
    assert definitions.project is not None
    latest = max(part.round, definitions.project.round, key=lambda one: round_order(one.id))
    return replace(definitions, project=replace(part, round=replace(part.round, id=latest.id)))


def _is_own(code: str, project: Project | None) -> bool:
    return project is None or code in ("", project.project.code)


def _verify_regions(file: str, pages: BookPages, code: str, counted: Mapping[str, str] | None) -> None:
    """Raise where a return is from a region that counts for none.

    Raises:
        Refused: There is one.
    """
    regions = {record.stamp.region for record in pages.files if record.stamp.region} if counted is not None else set()
    lost = sorted(region for region in regions if nested_code(code, region) not in (counted or {}))
    if lost:
        raise Refused("part_without_region", file=file, found=nested_code(code, lost[0]))


# --- apart ---


def _pages_of(pages: BookPages, part: str, project: Project | None) -> BookPages:
    """Return the pages with only what is of one project; the workbook's own has no name here."""
    home = pages.stamp.project
    code = part or home
    codes = {nested_code(code, region.code): region.code for region in (project.regions if project and part else ())}
    files = tuple(
        replace(record, part="", stamp=replace(record.stamp, region=region_in_project(record.stamp.region, code)))
        for record in pages.files
        if record.part == part
    )
    names = {record.file for record in files}
    return replace(
        pages,
        stamp=replace(pages.stamp, project=code),
        tables={name: _rows_of(table, names, is_home=not part) for name, table in pages.tables.items()},
        codes={at: {text: _renamed(one, codes) for text, one in shown.items()} for at, shown in pages.codes.items()},
        files=files,
        findings=tuple(finding for finding in pages.findings if finding.location.file in names),
        ledger=tuple(line for line in pages.ledger if line.file in names),
        aside=tuple(row for row in pages.aside if row.file in names),
        places={at: fields for at, fields in pages.places.items() if at[0] in names},
        waivers={file: waivers for file, waivers in pages.waivers.items() if file in names},
        memory=_memory_of(pages.memory, names, part, codes) if pages.memory else None,
        parts={},
    )  # fmt: skip


def _rows_of(table: DataTable, names: set[str], *, is_home: bool) -> DataTable:
    """Return the rows of some files; a row that was added by hand is of the workbook's own project."""
    here = [str(file) in names for file in table.columns[ORIGIN[0]]]
    edits = table.edits
    return replace(
        table,
        columns={name: [*compress(cells, here)] for name, cells in table.columns.items()},
        sheets=[*compress(table.sheets, here)],
        rows=[*compress(table.rows, here)],
        edits=replace(
            edits,
            rows=tuple(row for row in edits.rows if (row.origin[0] in names if row.origin else is_home)),
            missing=tuple(origin for origin in edits.missing if origin[0] in names),
            lost_fields=edits.lost_fields if is_home else (),
        ),
    )


def _memory_of(memory: BookMemory, names: set[str], part: str, codes: Mapping[str, str]) -> BookMemory:
    def is_mine(region: str) -> bool:
        return region.startswith(nested_code(part, "")) if part else nested_code("", "") not in region

    def written_here(columns: Mapping[str, list[Scalar]]) -> dict[str, list[Scalar]]:
        here = [str(file) in names for file in columns[ORIGIN[0]]]
        return {name: [*compress(cells, here)] for name, cells in columns.items()}

    return replace(
        memory,
        written={name: written_here(columns) for name, columns in memory.written.items()},
        leaf_rows=tuple(
            replace(row, values={n: _renamed_value(v, codes) for n, v in row.values.items()})  # noqa: PD011 - no frame
            for row in memory.leaf_rows
            if row.file in names
        ),
        touched={file: rows for file, rows in memory.touched.items() if file in names},
        gone={file: rows for file, rows in memory.gone.items() if file in names},
        decisions={file: decisions for file, decisions in memory.decisions.items() if file in names},
        rounds=() if part else memory.rounds,
        history=tuple(
            line._replace(region=region_in_project(line.region, part))
            for line in memory.history
            if is_mine(line.region)
        ),
        proposals={
            id_: replace(proposal, region=region_in_project(proposal.region, part))
            for id_, proposal in memory.proposals.items()
            if is_mine(proposal.region)
        },
    )  # fmt: skip


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """Return a code, or several in one text, by other names."""
    return CODE_SEPARATOR.join(names.get(code, code) for code in text.split(CODE_SEPARATOR)) if names else text


def _renamed_value(value: object, names: Mapping[str, str]) -> object:
    return _renamed(value, names) if isinstance(value, str) else value


# --- together ---


@dataclass
class ProjectReturns:
    """What is merged of one project.

    Attributes:
        definitions: What its returns are checked against.
        returns: Returns to check.
        sets: Returns that were checked before.
        earlier: Its books of earlier rounds.
    """

    definitions: Definitions
    returns: list[Return] = field(default_factory=list)
    sets: list[ReturnSet] = field(default_factory=list)
    earlier: list[Book] = field(default_factory=list)

    @property
    def project(self) -> Project:
        """The project."""
        assert self.definitions.project is not None
        return self.definitions.project

    @property
    def code(self) -> str:
        """Code of the project."""
        return self.project.project.code


def part_of(parts: dict[str, ProjectReturns], definitions: Definitions) -> ProjectReturns:
    """Return what is merged of a project within the project; of its definitions those of the latest round count."""
    new = ProjectReturns(definitions)
    known = parts.setdefault(new.code, new)
    if _is_later(new.project, known.project):
        known.definitions = definitions
    return known


def _is_later(new: Project, known: Project) -> bool:
    # Among equals the order of the files must not decide.
    def rank(one: Project) -> tuple[object, ...]:
        return one.round.due is not None, one.round.due, repr(one)

    return rank(new) > rank(known)


def file_of_part(returned: Return, code: str) -> Return:
    """Return a file of a project within the project under a name that tells so: two may name their files alike.

    The project's own files, for which the code is empty, keep their names.
    """
    name = returned.record.file
    is_named = not code or name.startswith(nested_code(code, ""))
    return returned if is_named else renamed(returned, nested_code(code, name))


def side_by_side(parts: Sequence[BookPart], definitions: Definitions) -> Book:
    """Return the books of several projects as one.

    Args:
        parts: The project's own book, then those of the projects within it.
        definitions: The project's definitions.
    """
    own, *within = parts
    project = replace(own.project, parts=tuple(part.project for part in within))
    books = [own.book, *(_nested(part, part_definitions(definitions, part.project)) for part in within)]
    counted = overview_regions(project)
    order = {region.code: number for number, region in enumerate(project.regions)}

    def rank(region: str) -> int:
        return order.get(counted.get(region, region), len(order))

    names = dict.fromkeys(name for book in books for name in book.tables)
    outlines = {name: one for b in reversed(parts) if b.book.source for name, one in b.book.source.outlines.items()}
    return Book(
        files=tuple(record for book in books for record in book.files),
        tables={name: _stacked([book.tables[name] for book in books if name in book.tables], rank) for name in names},
        findings=tuple(finding for book in books for finding in book.findings),
        ledger=tuple(line for book in books for line in book.ledger),
        aside=tuple(row for book in books for row in book.aside),
        positions={key: value for book in books for key, value in book.positions.items()},
        waivers={key: value for book in books for key, value in book.waivers.items()},
        history_lines=tuple(line for book in books for line in book.history_lines),
        rounds=own.book.rounds,  # a trend is drawn from the project's own reports
        agreed={key: value for book in books for key, value in book.agreed.items()},
        proposals=tuple(proposal for book in books for proposal in book.proposals),
        leaf_rows={name: _stacked([b.leaf_rows[name] for b in books if name in b.leaf_rows]) for name in names},
        returns=tuple(returned for book in books for returned in book.returns),
        source=ReturnSet(outlines=outlines, round=own.project.round.id),
        parts=tuple(parts),
    )  # fmt: skip


def _stacked(tables: Sequence[pd.DataFrame], rank: Callable[[str], int] | None = None) -> pd.DataFrame:
    """Return tables as one, sorted by the place of the region if there is a rank."""
    from xlsflow.merge.union_of_returns import stacked

    # A table without rows may have other types: nothing tells them.
    table = stacked([table for table in tables if len(table)] or tables[:1])
    if rank is None or table.empty:
        return table
    order = table[ORIGIN[3]].map(rank).to_numpy().argsort(kind="stable")
    return table.take(order).reset_index(drop=True)


def _nested(part: BookPart, definitions: Definitions) -> Book:
    """Return the book of a project within the project, with its regions named as the project names them."""
    book, code = part.book, part.project.project.code
    names = {region.code: nested_code(code, region.code) for region in part.project.regions}
    packs = sorted({record.stamp.pack for record in book.files if record.stamp.pack})
    blocks = definitions.blocks_of(packs)
    lists = lists_of_regions(part.project)
    fields = {
        name: [column.name for column in block.columns if column.list_name() in lists] for name, block in blocks.items()
    }

    def renamed(name: str, table: pd.DataFrame) -> pd.DataFrame:
        columns = [column for column in fields.get(name, ()) if column in table]
        return table.assign(
            **{c: table[c].map(lambda value: _renamed_value(value, names)).astype(table[c].dtype) for c in columns}
        )

    def named(record: FileRecord) -> FileRecord:
        return replace(record, part=code, stamp=replace(record.stamp, region=nested_code(code, record.stamp.region)))

    region = ORIGIN[3]
    return replace(
        book,
        files=tuple(map(named, book.files)),
        tables={
            name: renamed(name, table).assign(
                **{region: (nested_code(code, "") + table[region].astype("str")).astype(table[region].dtype)}
            )
            for name, table in book.tables.items()
        },
        history_lines=tuple(line._replace(region=nested_code(code, line.region)) for line in book.history_lines),
        agreed={(block, key, nested_code(code, one)): due for (block, key, one), due in book.agreed.items()},
        proposals=tuple(replace(one, region=nested_code(code, one.region)) for one in book.proposals),
        leaf_rows={name: renamed(name, table) for name, table in book.leaf_rows.items()},
        returns=tuple(replace(returned, record=named(returned.record)) for returned in book.returns),
        source=None,
    )  # fmt: skip
