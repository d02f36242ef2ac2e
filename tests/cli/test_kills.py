"""Commands that are killed at any moment: no half output, no input lost, nothing left after the next run.

`make test` kills a few, `make soak` two hundred (SOAK=10). Half of them find outputs of an earlier run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers import soak
from tests.helpers.documents import TOP
from xlsflow.system.owned_folder import LIST_NAME
from xlsflow.system.package_data import package_data_path

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUND = package_data_path("samples") / "round"
COMMANDS = (
    "merge inbox --project project.xlsx --out result.xlsx --feedback back",
    "generate project.xlsx --out outbox",
    "report book.xlsx --out report.xlsx",
    "report book.xlsx --out report.html",
    "report book.xlsx --out report.pdf",
    "check inbox --project project.xlsx --feedback back",
)
EARLIER = {"generate": " --lang zh"}
OF_ANOTHER_DAY = " --as-of 2026-11-25"
"""Make the outputs of an earlier run differ from those of this one."""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
START = "from xlsflow.__main__ import run; print('up', flush=True); run()"
SAID = ("", "Interrupted; no output is incomplete.\n")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, /proc")


@dataclass(frozen=True)
class Reference:
    """What a command does if nobody disturbs it.

    Attributes:
        code: Its exit code.
        seconds: How long it takes.
        old: The outputs of an earlier run that it finds, if any.
        new: Its own outputs.
    """

    code: int
    seconds: float
    old: Mapping[str, bytes]
    new: Mapping[str, bytes]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def outputs(folder: Path, inputs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what is in a folder besides the inputs, which are unchanged."""
    found = contents(folder)
    assert {name: found.pop(name, b"lost") for name in inputs} == inputs
    return found


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def start(words: str, folder: Path, temp: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.Popen(
        [sys.executable, "-c", START, *words.split()],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(TOP), "XLSFLOW_LANG": "en", "TMPDIR": str(temp)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def undisturbed(words: str, folder: Path, temp: Path) -> int:
    process = start(words, folder, temp)
    _, said = process.communicate(timeout=200)
    assert process.returncode in (0, 1), said
    assert not list(temp.iterdir())
    return process.returncode


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    folder, temp = tmp_path_factory.mktemp("inputs"), tmp_path_factory.mktemp("temp")
    shutil.copytree(ROUND / "inbox", folder / "inbox")
    shutil.copy(ROUND / "project.xlsx", folder)
    undisturbed("merge inbox --project project.xlsx --out book.xlsx", folder, temp)
    return contents(folder)


@pytest.fixture(scope="module")
def references() -> dict[tuple[str, bool], Reference]:
    """By command and whether there is an earlier run; filled as they are needed."""
    return {}


def reference_of(words: str, folder: Path, temp: Path, *, with_old: bool) -> Reference:
    """Run a command in a folder that holds its inputs."""
    inputs = contents(folder)
    if with_old:
        undisturbed(words + EARLIER.get(words.split(maxsplit=1)[0], OF_ANOTHER_DAY), folder, temp)
    old, before = outputs(folder, inputs), time.monotonic()
    code = undisturbed(words, folder, temp)
    return Reference(code, time.monotonic() - before, old, outputs(folder, inputs))


def is_whole(name: str, content: bytes, *known: Mapping[str, bytes]) -> bool:
    """Return whether an output is one of those that are known; a PDF holds the time at which it was made."""
    pdf = name.endswith(".pdf") and content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    return pdf or any(files.get(name) == content for files in known)


def ended(temp: Path) -> bool:
    """Return whether every process that worked for a command is gone."""
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={temp}".encode() in environment.read_bytes():
                return False
        except OSError:  # another user's, or gone
            continue
    return True


@soak.campaign("kills", 1)
@pytest.mark.parametrize("number", soak.numbers(20 if soak.FACTOR > 1 else 6))
def test_a_command_that_is_killed_leaves_all_as_it_was_or_as_it_should_be(
    number: int, inputs: Mapping[str, bytes], references: dict[tuple[str, bool], Reference], tmp_path: Path
) -> None:
    rng = random.Random(number)  # noqa: S311 - a test
    words, with_old = COMMANDS[number % len(COMMANDS)], rng.random() < 0.5
    how = SIGNALS[(number // 2 + number // len(COMMANDS)) % len(SIGNALS)]
    folder, temp = tmp_path / "round", tmp_path / "temp"
    temp.mkdir()
    if (words, with_old) not in references:
        put(tmp_path / "first", inputs)
        references[words, with_old] = reference_of(words, tmp_path / "first", temp, with_old=with_old)
    reference = references[words, with_old]
    put(folder, {**inputs, **reference.old})

    process = start(words, folder, temp)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(rng.uniform(0.005, reference.seconds))
    process.send_signal(how)
    _, said = process.communicate(timeout=100)

    found = outputs(folder, inputs)
    temporary = [name for name in found if Path(name).name.startswith(".xlsflow-") and Path(name).name != LIST_NAME]
    if how != signal.SIGKILL:
        assert said in SAID
        assert process.returncode in (130, reference.code, -how)
        assert process.returncode != -how or found == reference.old
        assert (temporary, [*temp.iterdir()]) == ([], [])
    for name in {*found} - {*temporary}:
        assert Path(name).name == LIST_NAME or is_whole(name, found[name], reference.old, reference.new), name
    assert {*found} >= {*reference.old} & {*reference.new}
    for _ in range(100):
        if ended(temp):
            break
        time.sleep(0.1)
    assert ended(temp)

    assert undisturbed(words, folder, temp) == reference.code
    found = outputs(folder, inputs)
    assert found.keys() == reference.new.keys()
    assert all(is_whole(name, content, reference.new) for name, content in found.items())
