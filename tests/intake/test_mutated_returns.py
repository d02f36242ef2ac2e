"""Ten thousand spoilt returns: each is read in full or refused in a sentence, and nothing that runs is harmed by it."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds
from tests.fuzz.target import both_ways
from tests.helpers import files, soak
from tests.helpers.counting import addresses, counted
from tests.helpers.documents import TOP
from xlsflow.findings import Finding, Location
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation import reader_pool
from xlsflow.intake.isolation.limits import MIB, Limits, Refusal
from xlsflow.intake.isolation.reader_pool import Unreadable, open_returns
from xlsflow.messages import CATALOGUE

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

BATCHES, EACH = 10, 1_000
RETURNS = 0.1
"""How many of a batch are whole returns of the sample round, which take fifty times as long as the small files."""
CALAMINE = (".xls", ".xlsb", ".ods")
LIMITS = Limits()
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


@cache
def sound() -> Mapping[str, bytes]:
    """Return the files that are spoilt, by name."""
    return seeds()


@cache
def returned() -> tuple[bytes, ...]:
    """Return whole returns, as regions sent them."""
    return tuple(path.read_bytes() for path in sorted((TOP / "samples/round/inbox").glob("DJXP*.xlsx")))


def spoilt(number: int) -> tuple[str, bytes]:
    """Return name and bytes of one spoilt file; the same for the same number."""
    chance = random.Random(number)  # noqa: S311 - the same files every time
    if chance.random() < RETURNS:
        return f"{number}.xlsx", mutated(chance.choice(returned()), chance)
    name, data = chance.choice(list(sound().items()))
    return f"{number}{Path(name).suffix}", mutated(data, chance)


@dataclass
class Peaks:
    """How much memory the reader processes took at most, where the system tells."""

    bytes: list[int] = field(default_factory=list)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Look at every reader process before it is ended."""
        end = reader_pool._end

        def noted(process: subprocess.Popen[bytes]) -> None:
            with suppress(OSError, IndexError):
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
                self.bytes.append(int(status.partition("VmHWM:")[2].split()[0]) * 1024)
            end(process)

        monkeypatch.setattr(reader_pool, "_end", noted)


@soak.campaign("damaged files, read by reader processes", EACH)
@pytest.mark.parametrize("batch", soak.numbers(BATCHES))
def test_a_spoilt_return_is_read_in_full_or_refused_in_one_sentence(
    batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = Peaks()
    peaks.watch(monkeypatch)
    paths = []
    for number in range(batch * EACH, (batch + 1) * EACH):
        name, data = spoilt(number)
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    became = Counter[str]()
    for path, opened in zip(paths, open_returns(paths, LIMITS), strict=True):
        if isinstance(opened, Unreadable):
            became[opened.code] += 1
            tells_what_it_is(opened, path)
        else:
            became[opened.format] += 1
            holds_every_cell(opened, path)
    assert became.total() == EACH
    assert became["xlsx"] > EACH // 20
    assert became["file_damaged"] > EACH // 4
    assert max(peaks.bytes, default=0) < LIMITS.memory_bytes + 100 * MIB  # what it starts with
    assert peaks.bytes or sys.platform != "linux"


@soak.campaign("damaged files, read in both ways", EACH)
@pytest.mark.parametrize("batch", soak.numbers(2))
def test_the_quick_and_the_exact_way_through_a_spoilt_sheet_never_tell_different_cells(batch: int) -> None:
    read = 0
    for number in range(batch * EACH, (batch + 1) * EACH):
        name, data = spoilt(number)
        if not name.endswith(CALAMINE):  # in this process it may not abort
            read += isinstance(both_ways(data), RawWorkbook)
    assert read > EACH // 20


def tells_what_it_is(refused: Unreadable, path: Path) -> None:
    """Make sure that a refusal is a known one, in one sentence of each language, and no fault of a reader of ours."""
    assert refused.code in CATALOGUE, path
    finding = Finding(refused.code, Location(file=path.name), facts=refused.facts)
    for sentence in (finding.message("zh"), finding.message("en")):
        assert path.name in sentence
        assert "…" not in sentence.replace(refused.facts.get("part", ""), "")
        assert not any(unicodedata.category(sign)[0] == "C" for sign in sentence)
    assert refused.code not in {"file_too_slow", "reader_does_not_start"}, path
    assert refused.code != "file_needs_memory" or path.suffix == ".ods", path  # a few bytes say: this a million times
    if path.suffix not in CALAMINE:  # calamine may abort and panic; what is ours may not even raise
        assert refused.code != "reader_died", path
        assert refused.facts.get("part") != "workbook", (path, refused)
    elif refused.facts.get("part") == "workbook":
        assert not refused.facts["why"].endswith("Error"), (path, refused)


def holds_every_cell(book: RawWorkbook, path: Path) -> None:
    """Make sure that the filled cells are those of the raw XML."""
    if book.format in {"xlsx", "xlsm"}:
        assert addresses(book) == counted(path), path


# --- what mutation and fuzzing have found, made small ---
LONG = "9" * 5_000
"""More digits than Python turns into a number."""
A1 = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
TEXT = "<si><t>甲</t></si>"
FOUND: Mapping[str, tuple[dict[str, str], str]] = {
    "cell formats that are nothing else": ({"xl/styles.xml": f'<xf xmlns="{files.MAIN}" numFmtId="14"/>'}, "甲"),
    "a format of too many digits": ({"xl/styles.xml": f'<s><cellXfs><xf numFmtId="{LONG}"/></cellXfs></s>'}, "甲"),
    "a cell format of too many digits": ({SHEET: files.sheet(A1.replace('t="s"', f's="{LONG}" t="s"'))}, "甲"),
    "a text of too many digits": ({SHEET: files.sheet(A1.replace(">0<", f">{LONG}<"))}, "file_damaged"),
    "a text inside a text": ({STRINGS: files.strings("<si><t>乙</t><si/></si>" + TEXT)}, "file_damaged"),
    "a row inside a row": ({SHEET: files.odd_sheet(f'<row r="3">{A1}<c><v>1</v></c></row>')}, "file_damaged"),
    "a cell inside a cell": ({SHEET: files.odd_sheet(A1.replace("<v>", '<c r="B1"/><v>'))}, "file_damaged"),
    "a cell beside the rows": ({SHEET: files.odd_sheet(f'{A1}<c r="B2"><v>1</v></c>')}, "file_damaged"),
    "a cell behind the cells": ({SHEET: files.sheet(A1, after='<x><row r="1"><c r="A1"><v>1</v></c></row></x>')}, "甲"),
    "a cell behind the cells, prefixed": (
        {SHEET: files.odd_sheet(A1, after='<x><row r="1"><c r="A1"><v>1</v></c></row></x>')},
        "甲",
    ),
    "a tag inside a value": ({SHEET: files.odd_sheet(A1.replace(">0<", "><x/>0<"))}, "file_damaged"),
    "a character that XML never holds": (
        {SHEET: files.sheet(A1 + '<row r="2"><c r="A2"><v>\x011</v></c></row>')},
        "file_damaged",
    ),
    "such a character among the texts": ({STRINGS: files.strings(TEXT + "<si><t>\x01</t></si>")}, "file_damaged"),
    "a part whose name steers a terminal": ({"xl/\x1b[2J\n.xml": "", SHEET: "<x"}, "file_damaged"),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_fuzzing_has_found_is_read_or_refused(what: str, tmp_path: Path) -> None:
    spoilt_parts, wanted = FOUND[what]
    parts = files.parts({"S": files.sheet(A1)}, strings=TEXT, styles="<cellXfs/>") | spoilt_parts
    path = tmp_path / "return.xlsx"
    path.write_bytes(files.zipped(parts))
    (opened,) = open_returns([path])
    if isinstance(opened, Unreadable):
        tells_what_it_is(opened, path)
        assert opened.code == wanted
    else:
        assert opened.grids[0].at(0, 0) == wanted


@pytest.mark.parametrize(("flag", "code"), [(0x20, "file_damaged"), (0x40, "file_password"), (0x08, "甲")])
def test_flags_of_a_part_that_change_what_its_bytes_mean_are_heeded(flag: int, code: str, tmp_path: Path) -> None:
    data = files.zipped(files.parts({"S": files.sheet(A1)}, strings=TEXT))
    path = tmp_path / "return.xlsx"
    path.write_bytes(files.spoilt(data, SHEET, 8, bytes([flag, 0])))
    (opened,) = open_returns([path])
    assert (opened.code if isinstance(opened, Unreadable) else opened.grids[0].at(0, 0)) == code


def test_what_a_file_says_of_itself_is_on_one_line_that_no_terminal_obeys() -> None:
    refusal = Refusal("file_damaged", part="a\x1b[31m\u202e\nb" + "c" * 300)
    assert refusal.facts["part"].startswith("a[31m bccc")
    assert len(refusal.facts["part"]) <= 80
    finding = Finding("not_a_number", Location(file="x\x1b]0;title\x07.xlsx"), value="1\x1b[2J\u202e2")
    assert not any(unicodedata.category(sign)[0] == "C" for sign in finding.message("zh") + finding.message("en"))
