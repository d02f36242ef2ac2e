"""Reading reaches nowhere: no connection, no other program, no file but what is read, the output, and our code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.seeds import seeds
from tests.helpers import files
from tests.helpers.documents import TOP
from tests.intake.test_corpus import CORPUS, manifest
from tests.intake.test_limits import INSTEAD
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation import reader_pool
from xlsflow.intake.isolation.reader_pool import Limits, Unreadable, open_returns

WATCH = """
import os, sys
FORBIDDEN = ("socket", "subprocess", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile",
             "pty", "urllib", "http", "ftplib", "smtplib", "webbrowser", "winreg", "os.kill", "import.hostile")
MOVES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
         "shutil", "tempfile", "os.utime")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
def below(path, folders):
    try:
        path = os.path.abspath(os.fsdecode(path))
    except TypeError:  # a number: it was opened before
        return True
    return any(path == folder or path.startswith(os.path.join(folder, "")) for folder in folders)
def watch(reads, writes, reported):
    writes = [*writes, os.devnull]
    reads = [*reads, *writes, sys.prefix, sys.base_prefix, "/proc/self", "/usr/share/zoneinfo", "/etc/localtime"]
    def hook(event, args):
        if event == "open":
            path, mode, flags = args
            writing = flags & WRITES if isinstance(flags, int) else set(mode or "") & set("wax+")
            if not below(path, writes if writing else reads):
                reported(event, args)
        elif event.startswith(MOVES):
            if not below(args[0], writes):
                reported(event, args)
        elif event.startswith(FORBIDDEN):
            reported(event, args)
    sys.addaudithook(hook)
"""
"""Tells of every event that has nothing to do with reading; a hook stays for the life of its process."""

CHILD = (
    WATCH
    + """
sys.path.append(sys.argv.pop(1))
from xlsflow.intake.isolation import worker
from xlsflow.intake.legacy import calamine_reader
import python_calamine, encodings.idna
reads = [sys.path[-1], *filter(None, os.environ.get("WATCH_READS", "").split(os.pathsep))]
watch([*reads, *sys.path], [], lambda *_: os._exit(86))
real = worker.load_step
def prying(message):
    step = real(message)
    def read(data, name, *more):
        if name == "connect.xlsx": import socket; socket.create_connection(("127.0.0.1", 9), 0.1)
        if name == "write.xlsx": open(os.path.join(os.environ["WATCH_READS"].split(os.pathsep)[0], "trap"), "w")
        if name == "pry.xlsx": open("/etc/passwd")
        if name == "start.xlsx": os.system("true")
        return step(data, name, *more)
    return read
worker.load_step = prying
worker.run_worker()
"""
)
CAUGHT = "86"


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let every reader process end at the first event that has nothing to do with reading."""
    real = reader_pool.command

    def command(limits: Limits) -> list[str]:
        return [CHILD if part.startswith("import sys") else part for part in real(limits)]

    monkeypatch.setattr(reader_pool, "command", command)
    monkeypatch.setenv("WATCH_READS", os.pathsep.join((str(tmp_path), str(CORPUS))))


def caught(opened: RawWorkbook | Unreadable) -> bool:
    return isinstance(opened, Unreadable) and opened.facts.get("exit") == CAUGHT


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("what", ["connect", "write", "pry", "start"])
def test_the_watch_sees_what_it_looks_for(what: str, tmp_path: Path) -> None:
    path = tmp_path / f"{what}.xlsx"
    path.write_bytes(files.workbook())
    assert caught(next(iter(open_returns([path]))))
    assert not (tmp_path / "trap").exists()


@pytest.mark.usefixtures("watched")
def test_a_reader_reaches_nowhere_whatever_it_reads(tmp_path: Path) -> None:
    links = files.relations(
        ("worksheet", "worksheets/sheet1.xml"), ("externalLink", 'http://127.0.0.1:9/x.xlsx" TargetMode="External')
    )
    honest = files.parts({"S": files.sheet("")})
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    cases = {
        **seeds(),
        **{name: data for name, (data, _) in INSTEAD.items()},
        "link": files.zipped(honest | {"xl/_rels/workbook.xml.rels": links}),
        "entity": files.zipped(honest | {"xl/worksheets/sheet1.xml": files.sheet("").replace("?>", f"?>{entity}", 1)}),
        "slip": files.zipped(honest | {"../../../../tmp/evil": "x"}),
    }
    paths = []
    for number, data in enumerate(cases.values()):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(data)
    before = {path.name for path in tmp_path.iterdir()}
    paths += [CORPUS / file for file in manifest()]
    opened = list(open_returns(paths))
    assert [path.name for path, one in zip(paths, opened, strict=True) if caught(one)] == []
    assert sum(isinstance(result, RawWorkbook) for result in opened) > 10
    assert {path.name for path in tmp_path.iterdir()} == before


ROUND = (
    WATCH
    + """
from pathlib import Path
from datetime import datetime
import pandas, numpy, openpyxl  # what they do when they are loaded is their own
from xlsflow import api
from xlsflow.api import View
from tests.helpers.returned_rows import a_return, task, PROJECT
from tests.cli.test_hostile_texts import HOSTILE
folder = Path(sys.argv[1])
tasks = [task(n, task=f"{n} {text}", remark=text, owner=text) for n, text in enumerate(HOSTILE, 1)]
a_return(folder / "inbox" / "a.xlsx", "HD", *tasks)
reported = []
def note(event, args):
    ours = "xlsflow.intake.isolation.worker"
    if event == "subprocess.Popen" and args[0] == sys.executable and ours in " ".join(args[1]):
        return  # our own readers
    if event.startswith("os.posix_spawn"):
        return  # of the same
    if event == "os.kill":
        return  # the end of one of them
    reported.append((event, str(args)[:200]))
out = str(folder / "out")
os.mkdir(out)
watch([str(folder), str(PROJECT.parent.parent.parent), *sys.path], [out], note)
view = View(datetime(2026, 11, 20, 18))
api.merge_to([folder / "inbox"], folder / "out/book.xlsx", project=PROJECT, view=view, feedback=folder / "out/back")
for ending in ("html", "md", "json", "xlsx"):
    api.report(folder / "out/book.xlsx", folder / f"out/report.{ending}", view=view)
print(sorted(set(reported)))
"""
)


def test_a_whole_merge_of_hostile_returns_reaches_nowhere_and_writes_only_what_it_is_asked_to(tmp_path: Path) -> None:
    for name, (data, _) in INSTEAD.items():
        (tmp_path / "inbox").mkdir(exist_ok=True)
        (tmp_path / "inbox" / f"{name}.xlsx").write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": str(TOP), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ROUND, str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=TOP,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]"]
    assert {path.name for path in tmp_path.iterdir()} == {"inbox", "out"}
    assert len(list((tmp_path / "inbox").iterdir())) == len(INSTEAD) + 1
