"""What was found, as plain lines: one block a file, one line a fault, without any colour."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from xlsflow.findings import (
    Finding,
    Location,
    Severity,
    worst,
)
from xlsflow.i18n import (
    LocalizedText,
    plain_line,
)
from xlsflow.model.finding_groups import grouped
from xlsflow.workbook.style.theme import CHIPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xlsflow.i18n import Lang
    from xlsflow.model.ledger import LedgerLine
    from xlsflow.model.returns import FileRecord

CLEAN = LocalizedText("没有发现问题", "nothing to mend")
REFUSED = LocalizedText("未读取", "not read")
OF_THE_FILE = LocalizedText("（整个文件）", "(the whole file)")
COUNTS: Mapping[Severity, LocalizedText] = {
    Severity.ERROR: LocalizedText("{n} 处必须修改", "{n} to mend"),
    Severity.WARNING: LocalizedText("{n} 处请核对", "{n} to check"),
    Severity.INFO: LocalizedText("{n} 处提示", "{n} for information"),
}
SUMMARY = LocalizedText(
    "{files} 个文件：{clean} 个没有问题，{faulty} 个须修改，{refused} 个未读取",
    "{files} files: {clean} clean, {faulty} to mend, {refused} not read",
)
ASIDE = LocalizedText("，{n} 个不计入", ", {n} not counted")
ROWS = LocalizedText(
    "读到 {seen} 行：空行 {blank}，入库 {merged}，被替代 {superseded}，重复 {duplicate}，未入库 {set_aside}",
    "{seen} rows seen: {blank} blank, {merged} merged, {superseded} superseded, {duplicate} duplicate, "
    "{set_aside} set aside",
)

CELLS = 12
"""Characters of a range that the sentences of a sheet are lined up behind; a longer one pushes its own sentence."""


def mark(severity: Severity) -> str:
    """Return the sign that stands before a finding of a severity."""
    return CHIPS[severity.value].symbol


def finding_lines(files: Sequence[FileRecord], findings: Iterable[Finding], lang: Lang) -> Iterator[str]:
    """Yield one paragraph a file: its name with the counts, its sheets, a line for each fault in a column.

    Args:
        files: The files that were given; a finding of a file that is not among them comes last.
        findings: What is to be said of them.
        lang: The language of the lines.
    """
    by_file: dict[str, list[Finding]] = {record.file: [] for record in files}
    why = {record.file: _why(record, lang) for record in files}
    reasons = {record.file: record.reason for record in files if record.reason}
    for finding in sorted(findings, key=lambda one: one.order()):
        by_file.setdefault(finding.location.file, []).append(finding)
    for file, found in by_file.items():
        gravest = worst(found)
        sign = mark(gravest) if gravest else CHIPS["missing" if why.get(file) else "done"].symbol
        telling = [one for one in found if one.code == reasons.get(file)][:1]  # said beside the name, and not again
        said = telling[0].message(lang) if telling else why.get(file)
        yield f"{sign} {plain_line(file)}  {said or (counted(found, lang) if found else CLEAN.say(lang))}".rstrip()
        yield from _sheets([one for one in found if one not in telling], lang)


def _why(record: FileRecord, lang: Lang) -> str:
    """Return why a file does not count, nothing where it does."""
    if record.reason:
        return Finding(record.reason, Location(record.file)).message(lang)
    return REFUSED.say(lang) if record.status == "refused" else ""


def _sheets(found: Sequence[Finding], lang: Lang) -> Iterator[str]:
    """Yield the findings of one file, sheet by sheet."""
    for sheet, here in groupby(found, key=lambda one: one.location.sheet):
        yield f"  {plain_line(sheet) or OF_THE_FILE.say(lang)}"
        lines = [(mark(one.severity), one.cells, one.message(lang)) for one in grouped(here)]
        width = max(min(len(cells), CELLS) for _, cells, _ in lines)
        for sign, cells, message in lines:
            yield f"    {sign} {cells:<{width}}{'  ' if width else ''}{message}"


def counted(found: Iterable[Finding], lang: Lang) -> str:
    """Return how many findings of each severity there are, the gravest first."""
    counts = Counter(one.severity for one in found)
    said = [COUNTS[severity].say(lang).format(n=counts[severity]) for severity in Severity if counts[severity]]
    return ("，" if lang == "zh" else ", ").join(said)


def summary_lines(
    files: Sequence[FileRecord], findings: Sequence[Finding], ledger: Iterable[LedgerLine], lang: Lang
) -> Iterator[str]:
    """Yield what came of it all: the files, the findings, the rows."""
    counts = Counter("aside" if record.status != "refused" and record.reason else record.status for record in files)
    aside = ASIDE.say(lang).format(n=counts["aside"]) if counts["aside"] else ""
    yield (
        SUMMARY.say(lang).format(
            files=len(files), clean=counts["ok"], faulty=counts["findings"], refused=counts["refused"]
        )
        + aside
    )
    if findings:
        yield counted(findings, lang)
    parts = ("seen", "blank", "merged", "superseded", "duplicate", "set_aside")
    lines = list(ledger)
    if lines:
        yield ROWS.say(lang).format(**{part: sum(getattr(line, part) for line in lines) for part in parts})
