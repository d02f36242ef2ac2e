"""Renders findings and the life of a requirement as plain lines, without colour."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import display_text
from xlsflow.findings import Finding, Location, Severity, worst_severity
from xlsflow.i18n import LocalizedText
from xlsflow.messages.single_line import single_line
from xlsflow.model.finding_groups import grouped
from xlsflow.model.returns import FROM_HISTORY
from xlsflow.render.as_columns import aligned_rows
from xlsflow.workbook.style.theme import CHIPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xlsflow.i18n import Lang
    from xlsflow.model.ledger import LedgerLine
    from xlsflow.model.requirement_life import LifeRow, RequirementLife
    from xlsflow.model.returns import FileRecord, RegionReturn

_CLEAN = LocalizedText("没有发现问题", "nothing to fix")
NOT_READ = LocalizedText("未采用", "not used")
_WHOLE_FILE = LocalizedText("（整个文件）", "(the whole file)")
_SEVERITY_COUNTS: Mapping[Severity, LocalizedText] = {
    Severity.ERROR: LocalizedText("{n} 处必须修改", "{n} {n:error|errors}"),
    Severity.WARNING: LocalizedText("{n} 处请核对", "{n} {n:warning|warnings}"),
    Severity.INFO: LocalizedText("{n} 处提示", "{n} {n:note|notes}"),
}
_SUMMARY = LocalizedText(
    "{files} 个文件：{clean} 个没有问题，{faulty} 个须修改，{refused} 个未采用",
    "{files} {files:file|files}: {clean} clean, {faulty} with errors, {refused} not used",
)
_NOT_COUNTED = LocalizedText("，{n} 个不计入", ", {n} not counted")
_ROW_COUNTS = LocalizedText(
    "读到 {seen} 行：空行 {blank}，入库 {merged}{further}，被替代 {superseded}，重复 {duplicate}，未入库 {set_aside}",
    "{seen} {seen:row|rows} read: {blank} blank, {merged} merged, {further}{superseded} superseded, "
    "{duplicate} duplicate, {set_aside} set aside",
)
# Counts that most merges do not have.
_FURTHER_COUNTS: Mapping[str, LocalizedText] = {
    "unchanged": LocalizedText("，未改动 {n}", "{n} unchanged, "),
    "carried": LocalizedText("，上轮结转 {n}", "{n} carried on, "),
}

_NO_REQUIREMENT = LocalizedText("汇总中没有此需求，只有引用它的内容", "not in this workbook, only what refers to it")
_NO_ROWS = LocalizedText("尚无", "none yet")
_OVERDUE = LocalizedText("逾期 {n} 天", "{n} {n:day|days} overdue")
_LONGEST_TITLE = 80

# Characters of a range that the sentences of a sheet are lined up behind; a longer one pushes its own sentence.
_RANGE_WIDTH = 12

MAX_FILES = 20
"""Of so many files every finding is printed; of more only those with most errors are named."""

_MISSING = LocalizedText("未交 {count} 个：{names}", "No return from {count}: {names}")
_LATE = LocalizedText("晚交 {count} 个：{names}", "Late {count}: {names}")
_SILENT = LocalizedText("空表或未改动 {count} 个：{names}", "Empty or unchanged {count}: {names}")
_HOURS = LocalizedText("{name}（晚 {hours:g} 小时）", "{name} ({hours:g} h)")
_MORE_FILES = LocalizedText(
    "另有 {count} 个文件有需要修改或核对之处；加 --verbose 列出全部。",
    "{count} more {count:file|files} with something to fix or to check; --verbose prints all.",
)
# Regions named on a line; the report has all of them.
_MOST_NAMES = 12


def severity_sign(severity: Severity) -> str:
    """Return the symbol before a finding of a severity."""
    return CHIPS[severity.value].symbol


def finding_lines(files: Sequence[FileRecord], findings: Iterable[Finding], lang: Lang) -> Iterator[str]:
    """Yield one paragraph a file: its name with the counts, its sheets, a line for each finding in a column.

    Args:
        files: The files that were read; findings of other files come last.
        findings: Their findings.
        lang: Language of the lines.
    """
    # Files without findings are listed too: a missing line would look like a forgotten file.
    files = _of_this_round(files)
    by_file: dict[str, list[Finding]] = {record.file: [] for record in files}
    why = {record.file: _reason(record, lang) for record in files}
    reasons = {record.file: record.reason for record in files if record.reason}
    for finding in sorted(findings, key=lambda finding: finding.order()):
        by_file.setdefault(finding.location.file, []).append(finding)
    for file, found in by_file.items():
        gravest = worst_severity(found)
        sign = severity_sign(gravest) if gravest else CHIPS["missing" if why.get(file) else "done"].symbol
        reason_findings = [finding for finding in found if finding.code == reasons.get(file)][
            :1
        ]  # shown beside the name, so not repeated below
        summary = reason_findings[0].message(lang) if reason_findings else why.get(file)
        summary = summary or (counts_by_severity(found, lang) if found else _CLEAN.say(lang))
        name = single_line(file)
        named = summary.startswith((name, f"“{name}”"))  # most sentences about a whole file begin with its name
        yield f"{sign} {summary}" if named else f"{sign} {name}  {summary}".rstrip()
        yield from _sheets([finding for finding in found if finding not in reason_findings], lang)


def _of_this_round(files: Sequence[FileRecord]) -> list[FileRecord]:
    """Return files without those that only an earlier round's book knows: nobody has sent them this time."""
    return [record for record in files if record.recognised != FROM_HISTORY]


def _reason(record: FileRecord, lang: Lang) -> str:
    """Return why a file does not count; empty if it does."""
    if record.reason:
        return Finding(record.reason, Location(record.file)).message(lang)
    return NOT_READ.say(lang) if record.status == "refused" else ""


def _sheets(found: Sequence[Finding], lang: Lang) -> Iterator[str]:
    """Yield the findings of one file, sheet by sheet."""
    for sheet, here in groupby(found, key=lambda finding: finding.location.sheet):
        yield f"  {single_line(sheet) or _WHOLE_FILE.say(lang)}"
        lines = [(severity_sign(group.severity), group.cells, group.message(lang)) for group in grouped(here)]
        # Ranges are ASCII, so their length is their width in a terminal.
        width = max(min(len(cells), _RANGE_WIDTH) for _, cells, _ in lines)
        for sign, cells, message in lines:
            yield f"    {sign} {cells:<{width}}{'  ' if width else ''}{message}"


def counts_by_severity(found: Iterable[Finding], lang: Lang) -> str:
    """Return how many findings of each severity there are, the most serious first."""
    counts = Counter(finding.severity for finding in found)
    summary = [_SEVERITY_COUNTS[severity].format(lang, n=counts[severity]) for severity in Severity if counts[severity]]
    return ("，" if lang == "zh" else ", ").join(summary)


def summary_lines(
    files: Sequence[FileRecord], findings: Sequence[Finding], ledger: Iterable[LedgerLine], lang: Lang
) -> Iterator[str]:
    """Yield the totals: files, findings, rows."""
    files = _of_this_round(files)
    counts = Counter("aside" if record.status != "refused" and record.reason else record.status for record in files)
    aside = _NOT_COUNTED.format(lang, n=counts["aside"]) if counts["aside"] else ""
    yield (
        _SUMMARY.format(
            lang, files=len(files), clean=counts["ok"], faulty=counts["findings"], refused=counts["refused"]
        )
        + aside
    )
    if findings:
        yield counts_by_severity(findings, lang)
    parts = ("seen", "blank", "merged", "superseded", "duplicate", "set_aside")
    lines = list(ledger)
    if lines:
        sums = {part: sum(getattr(line, part) for line in lines) for part in (*parts, *_FURTHER_COUNTS)}
        further = "".join(text.format(lang, n=sums[part]) for part, text in _FURTHER_COUNTS.items() if sums[part])
        yield _ROW_COUNTS.format(lang, further=further, **{part: sums[part] for part in parts})


def region_lines(regions: Sequence[RegionReturn], lang: Lang, *, verbose: bool = False) -> Iterator[str]:
    """Yield who has not returned, who was late, and whose return says nothing: a line each, where there are any.

    Args:
        regions: What became of each region's return.
        lang: Language of the lines.
        verbose: Whether every region is named, however many there are.
    """
    missing = [_contact(region, lang) for region in regions if region.state == "missing"]
    late = [region for region in regions if region.state == "late"]
    hours = [_HOURS.format(lang, name=region.name.say(lang), hours=region.hours_late) for region in late]
    silent = [region.name.say(lang) for region in regions if region.silent and region.state != "missing"]
    between = "、" if lang == "zh" else ", "
    for line, names in ((_MISSING, missing), (_LATE, hours), (_SILENT, silent)):
        if names:
            shown = names if verbose else names[:_MOST_NAMES]
            rest = "…" if len(shown) < len(names) else ""
            yield line.format(lang, count=len(names), names=between.join(shown) + rest)


def _contact(region: RegionReturn, lang: Lang) -> str:
    who = " ".join(filter(None, (region.contact, region.email)))
    name = region.name.say(lang)
    return single_line(f"{name}（{who}）" if lang == "zh" else f"{name} ({who})") if who else single_line(name)


def short_finding_lines(
    files: Sequence[FileRecord], findings: Sequence[Finding], lang: Lang, *, verbose: bool = False
) -> Iterator[str]:
    """Yield every finding of few files; of many a line for each of the worst, and how many others there are.

    Args:
        files: The files that were read.
        findings: Their findings.
        lang: Language of the lines.
        verbose: Whether every finding is printed, however many files there are.
    """
    if verbose or len(files) <= MAX_FILES:
        yield from finding_lines(files, findings, lang)
        return
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is not Severity.INFO:
            by_file.setdefault(finding.location.file, []).append(finding)
    errors = {file: _errors(found) for file, found in by_file.items()}
    ranked = sorted(by_file, key=lambda file: (-errors[file], -len(by_file[file]), file))
    for file in ranked[:MAX_FILES]:
        sign = severity_sign(Severity.ERROR if errors[file] else Severity.WARNING)
        yield f"{sign} {single_line(file)}  {counts_by_severity(by_file[file], lang)}"
    if len(ranked) > MAX_FILES:
        yield _MORE_FILES.format(lang, count=len(ranked) - MAX_FILES)


def _errors(found: Sequence[Finding]) -> int:
    counts: Mapping[Severity, int] = Counter(finding.severity for finding in found)
    return counts[Severity.ERROR]


def life_lines(life: RequirementLife, lang: Lang) -> Iterator[str]:
    """Yield the life of a requirement: a paragraph a stage, a line a row: date, status, id, region, owner, title.

    Args:
        life: The life.
        lang: Language of the lines.
    """
    # Columns line up over all stages.
    lines = iter(aligned_rows([_life_cells(row, lang) for stage in life.stages for row in stage.rows]))
    yield life.id
    for number, stage in enumerate(life.stages):
        yield f"{stage.name.say(lang)} · {stage.date_label.say(lang)}"
        yield from (f"  {next(lines)}" for _ in stage.rows)
        if not stage.rows:
            yield f"  {(_NO_ROWS if number else _NO_REQUIREMENT).say(lang)}"
    yield from (sentence.say(lang) for sentence in life.unlinked)


def _life_cells(row: LifeRow, lang: Lang) -> tuple[str, ...]:
    late = _OVERDUE.format(lang, n=row.days_overdue) if row.days_overdue else ""
    state = ("，" if lang == "zh" else ", ").join(filter(None, (row.state_label.say(lang), late)))
    region = f"{row.region_name.say(lang)} {row.round}".strip()
    texts = (display_text(row.date), state, row.key, region, row.owner.say(lang), row.title.say(lang))
    return tuple(single_line(text, _LONGEST_TITLE) for text in texts)
