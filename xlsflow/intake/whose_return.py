"""Decides whose return a file is: by its stamp, by the signs beside it, and by what the coordinator has settled.

People fill in a copy of another region's workbook. The stamp then names the wrong region, and its return would replace
that region's own; so cover, reporter, rows and file name are asked too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from xlsflow.errors import ProjectError
from xlsflow.findings import Diagnostic
from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.model.project import Project
from xlsflow.model.returns import REGION_DOUBTFUL, BlockRows, FileRecord, Return
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import DataBlock

_REGION_FACT = "region.code"
_DIGITS = 8  # characters of a digest that tell files apart
# The words in which a finding names a sign.
_ON_COVER = LocalizedText("封面写的是“{region}”", "the cover says {region}")
_BY_FILLER = LocalizedText("填报人{filler}属于“{region}”", "the reporter ({filler}) is from {region}")
_IN_ROWS = LocalizedText("填写的行多数属于“{region}”", "most of its rows are about {region}")
_IN_NAME = LocalizedText("文件名写的是“{region}”", "the file name says {region}")
_BETWEEN = LocalizedText("，", ", ")

_Sign = tuple[LocalizedText, str]
"""Its words, and the code of the region that it names; empty where it names none."""


def region_fields(blocks: Mapping[str, DataBlock]) -> Mapping[str, FieldBase]:
    """Return full block name -> the field that a workbook is sent out with for its region."""
    return {name: field for name, block in blocks.items() for field in block.columns if field.fill == _REGION_FACT}


def filler_fields(blocks: Mapping[str, DataBlock]) -> Mapping[str, FieldBase]:
    """Return full block name -> the first field for a person beside that of the workbook's region."""
    cover = {name: blocks[name] for name in region_fields(blocks)}
    people = {name: [f for f in block.columns if f.names_a_person] for name, block in cover.items()}
    return {name: fields[0] for name, fields in people.items() if fields}


def filler(blocks: Iterable[BlockRows], fields: Mapping[str, FieldBase]) -> str:
    """Return who has filled a return in, as data; what is written there if that cannot be read; else nothing.

    Args:
        blocks: The blocks of a return, with their values.
        fields: See `filler_fields`.
    """
    for table in blocks:
        field = fields.get(table.full_name)
        if field is not None and table.rows and field.name in table.values:
            return str(table.values[field.name][0] or table.text(0, field.name).strip())
    return ""


def region_in_cell(blocks: Iterable[BlockRows], fields: Mapping[str, FieldBase], scope: Scope) -> str:
    """Return the region in the cell that a workbook is sent out with for it; empty where there is none.

    Args:
        blocks: The blocks of a return.
        fields: See `region_fields`.
        scope: The project's lists and settings.
    """
    for table in blocks:
        field = fields.get(table.full_name)
        if field is not None and table.rows and field.name in table.columns:
            return str(field.read(table.columns[field.name][0], scope).value or "")
    return ""


def region_in_name(file: str, project: Project) -> str:
    """Return the one region that a file name mentions by name or code; empty where it is none or several."""
    name = file.casefold()
    # A code is a word of its own: HN is not in CHN.
    words = set(re.split(r"[\W_]+", name))

    def is_mentioned(text: str) -> bool:
        return bool(text) and text.casefold() in name

    present = [
        r.code for r in project.regions if r.code.casefold() in words or is_mentioned(r.name) or is_mentioned(r.name_en)
    ]
    mentioned = present or [
        r.code
        for r in project.regions
        if any(text.casefold() in words or (not text.isascii() and is_mentioned(text)) for text in r.former)
    ]
    return mentioned[0] if len(mentioned) == 1 else ""


def region_in_rows(returned: Return, blocks: Mapping[str, DataBlock], project: Project) -> str:
    """Return the region that most rows name that were filled in, if none of them names that of the stamp.

    Rows for other regions are normal: a region may plan the work of others. A row names a region in the field that says
    who it is for, or in its id.

    Args:
        returned: The return, compared with its baseline.
        blocks: Full block name -> its definition.
        project: The regions.
    """
    count, named = 0, Counter[str]()
    for table in returned.blocks:
        block = blocks[table.full_name]
        columns = list(_region_columns(table, block, project, returned.region))
        if not columns:
            continue
        keys = table.values.get(block.key, ())
        rows = returned.touched.get(table.full_name, {})
        for record in range(len(table.rows)):
            if keys and not rows.get(str(keys[record]), True):
                continue  # the workbook was sent out with it
            count += 1
            found = {region for column in columns if (region := column[record])}
            if returned.region in found:
                return ""
            named.update(found)
    region, most = named.most_common(1)[0] if named else ("", 0)
    return region if 2 * most > count else ""


def _region_columns(table: BlockRows, block: DataBlock, project: Project, own: str) -> Iterator[Sequence[str]]:
    """Yield the columns of a block that name regions, as the codes that they name; blanks where they name none."""
    follow = getattr(block, "follow", None)
    if follow is not None and follow.region in table.values:
        yield [str(value) if project.has_region(str(value)) else "" for value in table.values[follow.region]]
    if block.key in table.values:
        key = block.field(block.key)
        named = key.regions_in(table.values[block.key], [region.code for region in project.regions])
        if not key.counts_as_content:  # the workbook brings its own ids for new rows, so they say nothing
            named = ["" if region == own else region for region in named]
        if any(named):
            yield named


def with_region(
    returned: Return, blocks: Mapping[str, DataBlock], scope: Scope, project: Project
) -> tuple[FileRecord, list[Diagnostic]]:
    """Return a file's record with its region, and what is wrong with that.

    Args:
        returned: The return, with its values and compared with its baseline. The region of its stamp goes before all
            signs but what the coordinator has settled.
        blocks: Full block name -> its definition.
        scope: The project's lists and settings.
        project: The regions, the people, and what the coordinator has settled.
    """
    record = returned.record
    written = region_in_cell(returned.blocks, region_fields(blocks), scope)
    named = region_in_name(record.file.rpartition("/")[2], project)
    settled = _settled(record, project)
    code = settled or project.present_code(record.stamp.region) or written or named
    stamp = replace(record.stamp, region=code)
    if code and not record.stamp.region:
        stamp = replace(stamp, round=stamp.round or project.round.id)
    record = replace(record, stamp=stamp)
    if not code:
        return record, [Diagnostic("region_unknown")]
    if not project.has_region(code):
        return record, [Diagnostic("region_not_asked", {"region": code})]
    label = project.region(code).label
    if settled:
        return record, [Diagnostic("region_settled", {"region": label})]
    signs = [
        (_ON_COVER, written if project.has_region(written) else ""),
        (_BY_FILLER, project.region_of(record.filler)),
        (_IN_ROWS, region_in_rows(replace(returned, record=record), blocks, project)),
        (_IN_NAME, named),
    ]
    return _judged(record, signs, project)


def _settled(record: FileRecord, project: Project) -> str:
    """Return the code of the region that the coordinator has settled for a file; empty if there is none."""
    fits = [(line.fit(record.file, record.sha256), line.region) for line in project.returns]
    best = max((fit for fit, _ in fits), default=0)
    regions = {region for fit, region in fits if fit == best}
    if not best or len(regions) > 1:
        return ""
    with suppress(ProjectError):  # a region that is none
        return project.region(regions.pop()).code
    return ""


def _said(signs: Iterable[_Sign], person: str, project: Project) -> LocalizedText:
    """Return what signs say, as a part of a sentence."""
    english = next((one.name_en for one in project.people if one.name == person), "")
    reporter, listed = LocalizedText(person, english or person), list(signs)

    def in_lang(lang: Lang) -> str:
        said = (
            words.format(lang, region=project.region(region).label.say(lang), filler=reporter.say(lang))
            for words, region in listed
        )
        return _BETWEEN.say(lang).join(said)

    return LocalizedText(in_lang("zh"), in_lang("en"))


def _judged(record: FileRecord, signs: Sequence[_Sign], project: Project) -> tuple[FileRecord, list[Diagnostic]]:
    """Return the record with the reason why it does not count, if signs speak against its stamp, and what they say."""
    own = record.stamp.region
    against = [(words, region) for words, region in signs if region not in ("", own)]
    label = project.region(own).label
    if not against:
        return record, []
    if [words for words, _ in against] == [_ON_COVER]:
        return record, [Diagnostic("region_differs", {"region": label, "written": project.region(against[0][1]).label})]
    said = _said(against, record.filler, project)
    if max(Counter(region for _, region in against).values()) == 1:
        return record, [Diagnostic("region_signs_differ", {"region": label, "signs": said})]
    for_it = _said([sign for sign in signs if sign[1] == own], record.filler, project)
    agreeing = LocalizedText(f"（{for_it.zh}）", f" ({for_it.en})") if for_it.zh else untranslated("")
    facts = {"region": label, "agreeing": agreeing, "signs": said, "digest": untranslated(record.sha256[:_DIGITS])}
    return replace(record, reason=REGION_DOUBTFUL), [Diagnostic(REGION_DOUBTFUL, facts)]
