"""A round with some of the returns with planted mistakes: its project, its inbox, and what `check` says of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from tests.benchmarks.workload import project_rows
from tests.intake.test_mistakes import AS_OF, FIRST, FIRST_SEED, NAME, REPORTER, RETURNS, _issued, _returns
from xlsflow.i18n import LANGS
from xlsflow.pipeline.collect import collect
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.feedback import ReturnedFiles, write_feedback
from xlsflow.pipeline.merge import merge_files
from xlsflow.pipeline.project_file import as_instant, load_project, open_library, write_project
from xlsflow.render.as_text import finding_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlsflow.i18n import Lang

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The present: noon of the day that the round is looked at."""


@dataclass(frozen=True)
class PlantedRound:
    """A round on disk.

    Attributes:
        folder: Where everything lies.
        project: The project workbook.
        files: The returns, and what was sent with them.
    """

    folder: Path
    project: Path
    files: tuple[Path, ...]


def planted_round(folder: Path, count: int, seed: int = FIRST_SEED) -> PlantedRound:
    """Write a round with some returns."""
    inbox, project, library = folder / "inbox", folder / "project.xlsx", open_library()
    inbox.mkdir()
    rows = project_rows(RETURNS)
    write_project(project, rows, lang="zh", library=library)
    stand_in = {**rows["regions"][0], "code": FIRST, "name": NAME}
    reporter = {**rows["people"][0], "name": REPORTER, "region": NAME}
    issuing = {**rows, "regions": [stand_in, *rows["regions"]], "people": [reporter, *rows["people"]]}
    write_project(folder / "issuing.xlsx", issuing, lang="zh", library=library)
    desk = Definitions(library, load_project(folder / "issuing.xlsx", library), AS_OF)
    issued = {(pack, lang): workbook for pack, lang, workbook in _issued(desk, folder)}
    for _ in islice(_returns(issued, inbox, seed), count):
        pass
    return PlantedRound(folder, project, tuple(sorted(inbox.iterdir())))


Said = tuple[Mapping["Lang", str], bytes | None]
"""The findings in each language, and the marked copy if there is one."""


def said_by_check(files: Sequence[Path], project: Path, feedback: Path, now: datetime = NOW) -> Mapping[str, Said]:
    """Return name of each file -> what `xlsflow check --feedback` says of it where it is the only one."""
    library = open_library([], project)
    loaded = load_project(project, library)
    instant = as_instant(loaded, None, now)
    assert instant is not None
    definitions = Definitions(library, loaded, instant.astimezone(loaded.zone).date())
    said: dict[str, Said] = {}
    # Read together, which costs one process, and merged one by one.
    paths = {file.name: file for file in files}
    for came in collect(files, definitions):
        file = paths[came.record.file]
        book = merge_files([came], definitions)
        own = [finding for finding in book.findings if finding.location.file == file.name]
        write_feedback(feedback / file.stem, ReturnedFiles([file], [came], book), definitions, now)
        copy = feedback / file.stem / file.name
        texts = {lang: "\n".join(finding_lines(book.files, own, lang)) for lang in LANGS}
        said[file.name] = texts, copy.read_bytes() if copy.exists() else None
    return said
