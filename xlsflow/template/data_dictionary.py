"""The data dictionary of a sheet: its fields, bounds, lists and rules in plain sentences of one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.kinds.choices import ChoiceField, ChoicesField
from xlsflow.template.kinds.computed import ComputedField
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.numbers import NumberField
from xlsflow.template.kinds.text import TextField
from xlsflow.template.model import DataBlock, MatrixBlock, PrintSetup, Template
from xlsflow.template.printed_blocks import ContentsBlock, LegendBlock, SignaturesBlock, TextBlock


@dataclass(frozen=True, slots=True)
class FieldPosition:
    """Position of a field on its sheet.

    Attributes:
        at: Cell of a form field, column of a table.
        printed: Whether it is on the printed page.
    """

    at: str
    printed: bool = True


@dataclass(frozen=True, slots=True)
class DictionaryContext:
    """Facts of a data dictionary that are not in the sheet's own definition.

    Attributes:
        scope: The choice lists.
        project_lists: Name -> title of the lists whose values a project supplies.
        positions: Block and field -> position on the sheet.
        targets: Field that references lead to (`requirement.form.req_id`) -> description.
        packs: Packs that contain the sheet.
        variants: Variants of the sheet.
    """

    scope: Scope
    project_lists: Mapping[str, LocalizedText] = field(default_factory=dict)
    positions: Mapping[tuple[str, str], FieldPosition] = field(default_factory=dict)
    targets: Mapping[str, LocalizedText] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """Entry of one field.

    Attributes:
        at: Position on the sheet.
        label: Header, with `*` if required.
        name: Name in the data.
        kind: Kind and bounds.
        notes: Further sentences.
    """

    at: str
    label: str
    name: str
    kind: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DictionarySection:
    """Section of one block.

    Attributes:
        title: Heading, name and type of the block.
        entries: Its fields.
        rules: Its rules as sentences.
    """

    title: str
    entries: tuple[FieldEntry, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataDictionary:
    """The data dictionary of one sheet.

    Attributes:
        title: The sheet's title.
        facts: Heading and text of facts about the whole sheet.
        sections: Its blocks, from top to bottom.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[DictionarySection, ...]


def data_dictionary(template: Template, lang: Lang, context: DictionaryContext) -> DataDictionary:
    """Return the data dictionary of a sheet in one language."""
    writer = _DictionaryWriter(lang, context)
    sections = tuple(writer.section(block) for block in template.blocks)
    return DataDictionary(template.title.say(lang), tuple(writer.facts(template)), sections)


@dataclass(frozen=True, slots=True)
class _DictionaryWriter:
    """Describes the parts of a definition in one language."""

    lang: Lang
    context: DictionaryContext

    def say(self, key: str, **facts: object) -> str:
        """Return a text of this language with its facts filled in."""
        return DICTIONARY_TEXTS[key].format(self.lang, **facts)

    def listed(self, texts: tuple[str, ...]) -> str:
        """Return texts joined by commas of this language."""
        return ("、" if self.lang == "zh" else ", ").join(texts)

    def facts(self, template: Template) -> Iterator[tuple[str, str]]:
        """Yield heading and text of each fact about the whole sheet."""
        texts = {
            "purpose": template.purpose.say(self.lang),
            "often": template.often.say(self.lang) if template.often else "",
            "hint": template.hint.say(self.lang) if template.hint else "",
            "tab": template.tab.say(self.lang),
            "packs": self.listed(self.context.packs),
            "variants": self.listed(self.context.variants),
            "print": self.printed(template.print),
        }
        yield from ((self.say(key), text) for key, text in texts.items() if text)

    def printed(self, page: PrintSetup) -> str:
        """Return the print setup as a text."""
        orientation = self.say("landscape" if page.landscape else "portrait")
        return f"{page.paper} {orientation}{self.say('one_page' if page.one_page else 'fit_width')}"

    def section(self, block: object) -> DictionarySection:
        """Return the section of a block."""
        assert isinstance(block, DataBlock | TextBlock | SignaturesBlock | ContentsBlock | LegendBlock)
        heading = f"{block.title.say(self.lang)}  " if block.title else ""
        if not isinstance(block, DataBlock):
            lines = tuple(line.say(self.lang) for line in block.lines) if isinstance(block, TextBlock) else ()
            if isinstance(block, SignaturesBlock):
                lines = (self.say("signed", who=self.listed(tuple(self.signers(block)))),)
            return DictionarySection(f"{heading}[{block.name}]  {self.say(block.type)}", rules=lines)
        rows = self.say("rows", count=getattr(block, "rows", 0)) if block.has_rows else ""
        suffix = {True: self.say("warned"), False: ""}
        rules = [rule.sentence_for(block).say(self.lang) + suffix[getattr(rule, "warn", False)] for rule in block.rules]
        if block.key:
            rules.insert(0, self.say("key", label=block.label_of(block.key).say(self.lang)))
        if block.open_until:
            rules.append(self.say("open_until", condition=block.open_until))
        if block.becomes:
            rules.append(self.say("becomes", target=block.becomes.target))
        title = f"{heading}[{block.name}]  {self.say(block.type)}{rows}"
        return DictionarySection(title, tuple(self.entries(block)), tuple(rules))

    def signers(self, block: SignaturesBlock) -> Iterator[str]:
        """Yield the parties that sign."""
        yield from (party.say(self.lang) for party in block.parties)
        if block.per:
            yield self.say("each", title=self.title_of(block.per))

    def entries(self, block: DataBlock) -> Iterator[FieldEntry]:
        """Yield the entries of a block's fields; all project columns of a matrix share one entry."""
        after = block.after if isinstance(block, MatrixBlock) else ()
        # In the order of the sheet: the project's columns lie between the fields before and after them.
        yield from (self.entry(item, block) for item in block.fields)
        if isinstance(block, MatrixBlock):
            label = self.say("across", title=self.title_of(block.across))
            kind = self.say("cells")
            yield FieldEntry("", label, f"{block.cells}_…", kind, tuple(self.options(block.of)))
        yield from (self.entry(item, block) for item in after)

    def entry(self, item: FieldBase, block: DataBlock) -> FieldEntry:
        """Return the entry of a field."""
        position = self.context.positions.get((block.name, item.name), FieldPosition(""))
        label = item.label.say(self.lang) + (" *" if item.required else "")
        notes = tuple(self.notes(item, printed=position.printed))
        return FieldEntry(position.at, label, item.name, self.kind(item), notes)

    def kind(self, item: FieldBase) -> str:
        """Return the kind of a field with its explicit bounds."""
        bounds = self.bounds(item)
        return item.kind_label.say(self.lang) + (self.say("bounded", bounds=bounds) if bounds else "")

    def bounds(self, item: FieldBase) -> str:
        """Return the bounds that the definition sets explicitly, empty if it sets none."""
        bounds = {
            key: _bound_text(item, getattr(item, key)) for key in ("least", "most") if key in item.model_fields_set
        }
        if isinstance(item, TextField | IdField):
            return self.say("at_most", **bounds) if bounds else ""
        key = "between" if len(bounds) > 1 else "from" if "least" in bounds else "up_to" if bounds else ""
        return self.say(key, **bounds) if key else ""

    def notes(self, item: FieldBase, *, printed: bool) -> Iterator[str]:
        """Yield further sentences about a field."""
        is_choice = isinstance(item, ChoiceField | ChoicesField)
        if item.fill:
            yield self.say("filled", fact=item.fill)
        # The help text of a choice lists the options, which follow in a sentence of their own anyway.
        elif text := item.help_text(self.lang, self.context.scope) if item.help or not is_choice else "":
            yield text
        if isinstance(item, ComputedField):
            yield self.say("formula", formula=item.formula)
        # Not those of a person field: the people of a project are no part of the definition.
        if item.list_name() and (is_choice or item.computed):
            yield from self.options(item.list_name())
        if item.to:
            yield self.say("to", target=self.context.targets.get(item.to, untranslated(item.to)).say(self.lang))
        if item.was:
            yield self.say("was", labels=self.listed(item.was))
        applies = {"unprinted": not printed, "per_round": item.per_round}
        yield from (self.say(key) for key, value in applies.items() if value)

    def options(self, name: str) -> Iterator[str]:
        """Yield a sentence with the values of a list and their codes."""
        if name in self.context.project_lists:
            yield self.say("of_project", name=name, title=self.title_of(name))
            return
        choices = self.context.scope.lists[name]
        values = tuple(
            # The letters of a RACI matrix are their own codes.
            label if label == choice.code else self.say("coded", label=label, code=choice.code)
            for choice in choices.values
            # Values that the dropdown leaves out (A/C) are understood where they are typed, but nobody is asked to.
            if choice.offered
            for label in (choice.label.say(self.lang),)
        )
        yield self.say("options", name=name, values=self.listed(values)) + (self.say("open") if choices.open else "")

    def title_of(self, name: str) -> str:
        """Return the title of a list."""
        titles = self.context.project_lists
        return titles[name].say(self.lang) if name in titles else self.context.scope.lists[name].title.say(self.lang)


def _bound_text(item: FieldBase, bound: object) -> str:
    # A bound is in the unit of the data: a percentage's 1.0 is 100% on the sheet.
    return item.shown(bound) if isinstance(item, NumberField) and isinstance(bound, float) else str(bound)


DICTIONARY_TEXTS: Mapping[str, LocalizedText] = {
    "purpose": LocalizedText("用途", "Purpose"),
    "often": LocalizedText("填写频率", "How often"),
    "hint": LocalizedText("填写要求", "How"),
    "tab": LocalizedText("工作表名", "Tab"),
    "packs": LocalizedText("所在模板包", "Packs"),
    "variants": LocalizedText("变体", "Variants"),
    "print": LocalizedText("打印", "Print"),
    "portrait": LocalizedText("纵向", "portrait"),
    "landscape": LocalizedText("横向", "landscape"),
    "one_page": LocalizedText("，整表缩放到一页", ", the whole sheet on one page"),
    "fit_width": LocalizedText("，按页宽缩放", ", fitted in width"),
    "form": LocalizedText("表单", "form"),
    "table": LocalizedText("表格", "table"),
    "matrix": LocalizedText("矩阵", "matrix"),
    "text": LocalizedText("文字", "text"),
    "signatures": LocalizedText("签字栏", "signature boxes"),
    "contents": LocalizedText("目录", "list of sheets"),
    "legend": LocalizedText("图例", "legend"),
    "rows": LocalizedText("，{count} 个空白行", ", {count} blank {count:row|rows}"),
    "key": LocalizedText(
        "以“{label}”区分每一条，不能重复。", "Each row is identified by its “{label}”, which must be unique."
    ),
    "warned": LocalizedText("（只提醒）", " (a warning only)"),
    "signed": LocalizedText("签字：{who}。", "Signed by: {who}."),
    "each": LocalizedText("每个{title}", "each of: {title}"),
    "across": LocalizedText("各列：{title}", "Columns: {title}"),
    "cells": LocalizedText("项目设置表里有几个，就有几列", "one column for each in the project workbook"),
    "bounded": LocalizedText("（{bounds}）", " ({bounds})"),
    "at_most": LocalizedText("最多 {most} 字", "at most {most} characters"),
    "between": LocalizedText("{least} 到 {most}", "{least} to {most}"),
    "from": LocalizedText("不小于 {least}", "{least} or more"),
    "up_to": LocalizedText("不大于 {most}", "{most} or less"),
    "filled": LocalizedText(
        "发出时已填好（{fact}），锁定。", "Filled in when the workbook is generated ({fact}), and locked."
    ),
    "formula": LocalizedText("公式：{formula}", "Formula: {formula}"),
    "of_project": LocalizedText(
        "选项 {name}：项目设置表里的“{title}”。", "List {name}: “{title}” of the project workbook."
    ),
    "options": LocalizedText("选项 {name}：{values}", "List {name}: {values}"),
    "coded": LocalizedText("{label}（{code}）", "{label} ({code})"),
    "open": LocalizedText("；也可填其他内容", "; other values are allowed too"),
    "to": LocalizedText("须是{target}里有的值。", "Must be a value of {target}."),
    "was": LocalizedText("也认这些表头：{labels}", "Also read under these headers: {labels}"),
    "unprinted": LocalizedText("不打印。", "Not printed."),
    "per_round": LocalizedText(
        "每轮重新填写；上一轮的内容在单元格的批注里。",
        "Filled in anew each round; the cell's note says what was reported last.",
    ),
    "open_until": LocalizedText(
        "带入以后各轮的工作簿，直到 {condition}。", "Comes back in the workbook of each round until {condition}."
    ),
    "becomes": LocalizedText(
        "下一轮在责任区域的工作簿里成为 {target} 的一行，有这张表时才转。",
        "In the next round it becomes a row of {target} in the workbook of its owner's region, if that has the sheet.",
    ),
}
"""Texts of the data dictionary by key."""
