"""The step for one file gives the same value wherever it runs, and that value travels."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.helpers.documents import TOP
from xlsflow import api
from xlsflow.errors import TemplateError
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.isolation.safe_pickle import unpickle
from xlsflow.intake.isolation.worker import load_step
from xlsflow.model.returns import Return
from xlsflow.pipeline.collect import collect
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.pipeline.read_return import BrokenPack, ConsolidatedWorkbook, read_return, reading_step

ROUND = TOP / "samples" / "round"
INBOX = sorted((ROUND / "inbox").iterdir())
LIMITS = Limits()


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    library = open_library()
    return Definitions(library, load_project(ROUND / "project.xlsx", library), date(2026, 11, 20))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A consolidated workbook."""
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    api.merge_to([ROUND / "inbox"], path, project=ROUND / "project.xlsx")
    return path


def travelled(definitions: Definitions) -> Definitions:
    """Return definitions as a reader process gets them."""
    step = load_step(pickle.dumps(reading_step(definitions, LIMITS).function))
    assert isinstance(step, partial)
    away = step.args[0]
    assert isinstance(away, Definitions)
    return away


def _request(path: Path) -> tuple[str, bool]:
    return path.name, False


def read_here(path: Path, definitions: Definitions) -> object:
    return read_return(definitions, LIMITS, path.read_bytes(), path.name, found=True)


def test_a_reader_process_gives_the_value_that_this_process_gives(definitions: Definitions, book: Path) -> None:
    values = collect([ROUND / "inbox", book], definitions)

    here = {path.name: read_here(path, definitions) for path in (*INBOX, book)}
    assert {value.record.file: value for value in values if isinstance(value, Return)} == {
        name: value for name, value in here.items() if isinstance(value, Return)
    }
    assert [value for value in values if isinstance(value, ConsolidatedWorkbook)] == [here[book.name]]
    assert any(isinstance(value, Return) and value.findings for value in values)


@pytest.mark.parametrize("path", INBOX, ids=lambda path: path.suffix + path.stem[-2:])
def test_a_return_travels_as_known_value_classes(path: Path, definitions: Definitions) -> None:
    step = reading_step(definitions, LIMITS)
    value = step.function(path.read_bytes(), *_request(path))

    assert unpickle(pickle.dumps(value, protocol=5), (*step.answers, *step.parts)) == value
    with pytest.raises(pickle.UnpicklingError):
        unpickle(pickle.dumps(value, protocol=5), ())


def test_definitions_that_were_pickled_need_no_files(definitions: Definitions) -> None:
    away = travelled(definitions)

    assert away.packs == definitions.packs
    assert not away.library.pack_files
    assert [read_here(path, away) for path in INBOX] == [read_here(path, definitions) for path in INBOX]


def test_the_order_of_files_does_not_change_what_one_is_read_as(definitions: Definitions) -> None:
    """What a field's texts were read as is remembered from file to file."""
    forth = {path: read_here(path, definitions) for path in INBOX}
    fresh = replace(definitions)

    assert {path: read_here(path, fresh) for path in reversed(INBOX)} == forth


def test_every_row_of_a_return_is_accounted_for_by_the_step(definitions: Definitions) -> None:
    returns = [value for path in INBOX if isinstance(value := read_here(path, definitions), Return)]

    assert all(line.balanced for returned in returns for line in returned.ledger)
    rows = {
        (returned.record.file, table.full_name): len(table.rows) for returned in returns for table in returned.blocks
    }
    lines = {(line.file, line.block): line for returned in returns for line in returned.ledger}
    for key, count in rows.items():
        skipped = sum(
            row.block == key[1] for returned in returns for row in returned.aside if returned.record.file == key[0]
        )
        assert lines[key].set_aside == skipped
        assert lines[key].merged + lines[key].set_aside >= count


def test_the_rows_of_a_file_by_itself_are_checked_by_the_step_where_that_is_asked_for(definitions: Definitions) -> None:
    plain = read_here(INBOX[0], definitions)
    checked = read_here(INBOX[0], replace(definitions, check_rows=True))

    assert isinstance(plain, Return)
    assert isinstance(checked, Return)
    assert {finding.order() for finding in plain.findings} <= {finding.order() for finding in checked.findings}


def test_a_pack_that_is_wrong_stops_the_work_only_where_a_file_is_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "packs").mkdir(parents=True)
    (folder / "packs" / "coordination.toml").write_text('name = "coordination"\nsheets = ["nowhere"]\n', "utf-8")
    definitions = Definitions(open_library([folder]))

    other = tmp_path / "other.xlsx"
    shutil.copy(ROUND / "project.xlsx", other)
    (value,) = collect([other], definitions)
    assert value.record.reason == "project_workbook"
    with pytest.raises(TemplateError, match=r"coordination\.toml"):
        collect([next(path for path in INBOX if path.name.startswith("DJXP"))], definitions)
    away = travelled(definitions)
    step = reading_step(away, LIMITS)
    named = [step.function(path.read_bytes(), *_request(path)) for path in INBOX if path.name.startswith("DJXP")]
    assert BrokenPack("coordination") in named


def test_a_reader_process_loads_no_frames() -> None:
    code = (
        "import pickle, sys; from pathlib import Path; from xlsflow.intake.isolation.worker import load_step;"
        "step = load_step(sys.stdin.buffer.read());"
        "path = Path(sys.argv[1]); step(path.read_bytes(), path.name, False);"
        "print(sorted({'pandas', 'numpy', 'pandera', 'xlsxwriter', 'openpyxl'} & set(sys.modules)))"
    )
    library = open_library()
    definitions = Definitions(library, load_project(ROUND / "project.xlsx", library))
    message = pickle.dumps(reading_step(definitions, LIMITS).function)
    done = subprocess.run(
        [sys.executable, "-c", code, str(INBOX[0])], input=message, capture_output=True, check=True, cwd=TOP
    )

    assert done.stdout.strip() == b"[]"
