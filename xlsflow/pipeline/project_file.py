"""The definitions and the project that a verb works with, and the verb `init`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsflow.errors import InputError, ProjectError
from xlsflow.i18n import LANGS
from xlsflow.model.returns import Return, Stamp
from xlsflow.system.package_data import package_data_path

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack

BEGINNING = datetime(2000, 1, 1)  # noqa: DTZ001 - the creation date of a workbook that belongs to no round
EXAMPLE = "example/project.toml"
WORKBOOK = ".xlsx"


def open_library(folders: Iterable[Path] = (), project: Path | None = None) -> Library:
    """Return the built-in definitions, topped by a `templates` folder beside the project, then by other folders."""
    from xlsflow.template.loading.load import load_library

    beside = [project.parent / "templates"] if project and (project.parent / "templates").is_dir() else []
    return load_library([package_data_path("workbook_templates"), *beside, *folders])


def setup_pack(library: Library) -> Pack:
    """Return the pack that is the project workbook."""
    return library.pack(next(name for name in library.pack_files if library.has_flag(name, "setup")))


def default_pack(library: Library) -> Pack:
    """Return the pack that is used where none is named; a default pack of your own precedes the built-in one."""
    return library.pack(next(name for name in reversed([*library.pack_files]) if library.has_flag(name, "default")))


def init(path: Path, *, lang: Lang = "zh", example: bool = False, library: Library | None = None) -> Path:
    """Write the project workbook, blank or filled with the example project.

    Args:
        path: The workbook to write; it must not be there yet.
        lang: Its language.
        example: Whether to fill in the example project.
        library: The definitions; the built-in ones where None.

    Raises:
        InputError: The file is there already, or is not called like a workbook.
        OutputError: It cannot be written.
    """
    if path.suffix.lower() != WORKBOOK:
        raise InputError("report_format", file=path.name, known=WORKBOOK)
    if path.exists():
        raise InputError("already_there", path=path.name)
    write_project(path, example_rows() if example else {}, lang=lang, library=library or open_library())
    return path


ProjectRows = Mapping[str, Sequence[Mapping[str, Any]]]


def write_project(path: Path, rows: ProjectRows, *, lang: Lang, library: Library) -> None:
    """Write a project workbook with rows in it, by block name."""
    from xlsflow.template.issued import fingerprint
    from xlsflow.workbook.outgoing.writer import OutgoingWorkbook, write_workbook

    pack = setup_pack(library)
    scope = library.scope(settings=pack.settings)
    templates = library.sheets(pack, scope)
    stamp = Stamp(
        pack=pack.name, version=str(pack.version), lang=lang, fingerprint=fingerprint(templates), kind="project"
    )
    full = {f"{t.name}.{b.name}": rows[b.name] for t in templates for b in t.data if b.name in rows}
    outgoing = OutgoingWorkbook(
        pack=pack, templates=templates, scope=scope, lang=lang, stamp=stamp, facts={}, rows=full, as_of=None,
        created=BEGINNING,
    )  # fmt: skip
    write_workbook(path, outgoing)


def example_rows() -> ProjectRows:
    """Return the rows of the example project, by block name; dates of its TOML are plain dates."""
    text = package_data_path("samples").joinpath(EXAMPLE).read_text("utf-8")
    raw: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    return raw


def load_project(path: Path, library: Library) -> Project:
    """Return the project that a workbook describes. It is the coordinator's own, and read in this process.

    Raises:
        ProjectError: The file is not there, is no project workbook, or has cells that must be corrected first.
    """
    from xlsflow.intake.isolation.limits import Refusal
    from xlsflow.intake.isolation.read_file import file_bytes
    from xlsflow.intake.isolation.reader_pool import usual_limits
    from xlsflow.model.project import Project
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.read_return import read_return

    if not path.is_file():
        raise ProjectError("no_project_file", path=path)
    limits = usual_limits()
    definitions = Definitions(library, as_return=False, check_rows=True)
    try:
        data = file_bytes(path, limits)
    except Refusal as refusal:
        raise ProjectError("not_a_project_workbook", path=path.name) from refusal
    returned = read_return(definitions, limits, data, path.name, found=False)
    if (
        not isinstance(returned, Return)
        or returned.record.status == "refused"
        or returned.record.stamp.pack != setup_pack(library).name
    ):
        raise ProjectError("not_a_project_workbook", path=path.name)
    errors = [finding for finding in returned.findings if finding.severity == "error"]
    if errors:
        location = errors[0].location
        sentences = {lang: errors[0].message(lang) for lang in LANGS}
        raise ProjectError(
            "project_faulty", path=path.name, count=len(errors), sheet=location.sheet, cell=location.cell, **sentences
        )
    return Project.from_rows(_rows(returned))


def _rows(returned: Return) -> Mapping[str, list[dict[str, Any]]]:
    """Return block name -> its rows; besides its fields a row has its `book`, its `page`, and `cells` by field."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in returned.blocks:
        for record in range(len(table.rows)):
            row: dict[str, Any] = {name: values[record] for name, values in table.values.items()}
            row["book"], row["page"] = returned.record.file, table.sheet
            row["cells"] = {name: table.cell(record, name) for name in table.positions}
            rows.setdefault(table.block, []).append(row)
    return rows


def as_instant(project: Project, as_of: datetime | None, now: datetime | None) -> datetime | None:
    """Return the as-of instant: the given one, else the round's own, else now; without a zone, project time."""
    if as_of is None and project.round.as_of is not None:
        day: date = project.round.as_of
        as_of = datetime(day.year, day.month, day.day, 23, 59)  # noqa: DTZ001 - the end of that day, zoned below
    instant = as_of or now
    return instant if instant is None or instant.tzinfo else instant.replace(tzinfo=project.zone)
