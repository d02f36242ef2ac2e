"""Says what a coordinator should know of the rows that regions are given: new ids, items given once, what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from xlsflow.i18n import LANGS, Lang, LocalizedText, enumerated, untranslated

if TYPE_CHECKING:
    from xlsflow.model.project import Project
    from xlsflow.prefill.actions import NewRow
    from xlsflow.prefill.prefill import PrefilledRows

_NEW_IDS = LocalizedText(
    "{region}：以下编号另有一行在用，已换成新编号：{items}",
    "{region}: these IDs also belong to another row, so new ones were given: {items}",
)
_SHARED = LocalizedText(
    "{region}：以下各行重复，只发给了括号里的区域：{items}",
    "{region}: these rows are there twice and were sent only to the region in brackets: {items}",
)
_WAITING = LocalizedText(
    "{region}：以下表单还没有关闭，但一个工作簿放不下这么多份，这次没有带入：{items}",
    "{region}: these forms are still open, but a workbook has no room for so many; they were not taken over: {items}",
)
_BECAME = LocalizedText(
    "《{sheet}》的事项已作为新行发给责任区域：{items}",
    "Items of “{sheet}” went to their owners' regions as new rows: {items}",
)
_HOMELESS = LocalizedText(
    "《{sheet}》的以下事项，责任区域不在项目中，没有发出：{items}",
    "Items of “{sheet}” that name no region of the project were not sent: {items}",
)
_ITEM = LocalizedText("{key}“{title}”", "{key} “{title}”")
_NEW_ID = LocalizedText("{item} → {new}（原编号归{keeper}）", "{item} → {new} (the old one stays with {keeper})")
_IN_BRACKETS = LocalizedText("{text}（{region}）", "{text} ({region})")
_FORM = LocalizedText("《{sheet}》{key}", "{sheet} {key}")
_COUNTED = LocalizedText("{region} {count} 项", "{region} {count}")
_OTHER_ROW = LocalizedText("该区域的另一行", "its other row")
_NO_REGION = LocalizedText("未填区域", "no region")
_MAX_TITLE = 30


def prefill_remarks(
    given: Mapping[str, PrefilledRows], homeless: Sequence[NewRow], project: Project
) -> Iterator[LocalizedText]:
    """Yield a sentence for each thing that a coordinator should know.

    Args:
        given: Code of a region -> the rows that it is given.
        homeless: What belongs to no region of the project.
        project: The names of the regions.
    """
    for code, rows in given.items():
        region = _label(project, code)
        lists = {
            _NEW_IDS: [
                _text(
                    _NEW_ID,
                    item=_item(row.old, row.title),
                    new=row.new,
                    keeper=_OTHER_ROW if row.keeper == code else _label(project, row.keeper),
                )
                for row in rows.new_ids
            ],
            _SHARED: [
                _text(_IN_BRACKETS, text=_item(row.key, row.title), region=_label(project, row.region))
                for row in rows.shared
            ],
            _WAITING: [_text(_FORM, sheet=form.sheet.tab, key=form.key) for form in rows.waiting],
        }
        yield from (_text(text, region=region, items=enumerated(items)) for text, items in lists.items() if items)
    became = {code: Counter(row.sheet for row in rows.became) for code, rows in given.items()}
    for sheet in dict.fromkeys(sheet for counts in became.values() for sheet in counts):
        counted = {_label(project, code): counts[sheet] for code, counts in became.items() if counts[sheet]}
        items = [_text(_COUNTED, region=region, count=count) for region, count in counted.items()]
        yield _text(_BECAME, sheet=sheet, items=enumerated(items))
    for sheet in dict.fromkeys(row.sheet for row in homeless):
        items = [_homeless(row) for row in homeless if row.sheet == sheet]
        yield _text(_HOMELESS, sheet=sheet, items=enumerated(items))


def _item(key: str, title: str) -> LocalizedText:
    return _text(_ITEM, key=key, title=_shortened(title))


def _homeless(row: NewRow) -> LocalizedText:
    region = untranslated(row.region) if row.region else _NO_REGION
    return _text(_IN_BRACKETS, text=_item(row.source, row.title), region=region)


def _shortened(title: str) -> str:
    return title if len(title) <= _MAX_TITLE else f"{title[: _MAX_TITLE - 1]}…"


def _label(project: Project, code: str) -> LocalizedText:
    return project.region(code).label if project.has_region(code) else untranslated(code)


def _text(pattern: LocalizedText, **facts: object) -> LocalizedText:
    """Return a text with its facts in both languages."""

    def in_language(lang: Lang) -> str:
        said = {name: fact.say(lang) if isinstance(fact, LocalizedText) else fact for name, fact in facts.items()}
        return pattern.format(lang, **said)

    return LocalizedText(*map(in_language, LANGS))
