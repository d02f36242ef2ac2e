"""The data dictionary of a sheet: all that its definition asks, in words that whoever fills it understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsflow.i18n import (
    Lang,
    LocalizedText,
    untranslated,
)
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.kinds.choices import ChoiceField, ChoicesField
from xlsflow.template.kinds.computed import ComputedField
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.numbers import NumberField
from xlsflow.template.kinds.text import TextField
from xlsflow.template.model import DataBlock, MatrixBlock, PrintSetup, Template
from xlsflow.template.printed_blocks import (
    ContentsBlock,
    LegendBlock,
    SignaturesBlock,
    TextBlock,
)


@dataclass(frozen=True, slots=True)
class FieldPosition:
    """Where a field stands on its sheet.

    Attributes:
        at: Cell of a form, column of a table.
        printed: Whether it is on the printed page.
    """

    at: str
    printed: bool = True


@dataclass(frozen=True, slots=True)
class DictionaryContext:
    """What a dictionary tells that does not stand in the sheet's own definition.

    Attributes:
        scope: The lists.
        project_lists: Name -> title of the lists whose values a project names.
        spots: Block and field -> where it stands.
        targets: What a reference leads to (`requirement.form.req_id`) -> its words.
        packs: The packs that use the sheet.
        variants: The variants that it has.
    """

    scope: Scope
    project_lists: Mapping[str, LocalizedText] = field(default_factory=dict)
    spots: Mapping[tuple[str, str], FieldPosition] = field(default_factory=dict)
    targets: Mapping[str, LocalizedText] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One field.

    Attributes:
        at: Where it stands.
        label: Its header, with a mark where it is required.
        name: Its name in the data.
        kind: What it holds, in plain words.
        said: What else there is to say, a sentence each.
    """

    at: str
    label: str
    name: str
    kind: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DictionarySection:
    """One block of a sheet.

    Attributes:
        title: Its heading with its name and what it is.
        entries: Its fields.
        rules: What must hold across fields, a sentence each.
    """

    title: str
    entries: tuple[FieldEntry, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataDictionary:
    """The data dictionary of one sheet.

    Attributes:
        title: The sheet's title.
        facts: What is said of the sheet as a whole: heading and text.
        sections: Its blocks, from top to bottom.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[DictionarySection, ...]


def data_dictionary(template: Template, lang: Lang, around: DictionaryContext) -> DataDictionary:
    """Return the data dictionary of a sheet in one language."""
    telling = _DictionaryWriter(lang, around)
    sections = tuple(telling.section(block) for block in template.blocks)
    return DataDictionary(template.title.say(lang), tuple(telling.facts(template)), sections)


@dataclass(frozen=True, slots=True)
class _DictionaryWriter:
    """Puts a definition into words of one language."""

    lang: Lang
    around: DictionaryContext

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase."""
        return DICTIONARY_TEXTS[key].say(self.lang).format(**facts)

    def listed(self, texts: tuple[str, ...]) -> str:
        """Return texts in one line."""
        return ("、" if self.lang == "zh" else ", ").join(texts)

    def facts(self, template: Template) -> Iterator[tuple[str, str]]:
        """Yield what is said of the sheet as a whole."""
        of = self.around
        given = {
            "purpose": template.purpose.say(self.lang),
            "often": template.often.say(self.lang) if template.often else "",
            "hint": template.hint.say(self.lang) if template.hint else "",
            "tab": template.tab.say(self.lang),
            "packs": self.listed(of.packs),
            "variants": self.listed(of.variants),
            "print": self.printed(template.print),
        }
        yield from ((self.say(key), text) for key, text in given.items() if text)

    def printed(self, page: PrintSetup) -> str:
        """Return how a sheet is printed."""
        way = self.say("landscape" if page.landscape else "portrait")
        return f"{page.paper} {way}{self.say('one_page' if page.one_page else 'fit_width')}"

    def section(self, block: object) -> DictionarySection:
        """Return one block."""
        assert isinstance(block, DataBlock | TextBlock | SignaturesBlock | ContentsBlock | LegendBlock)
        heading = f"{block.title.say(self.lang)}  " if block.title else ""
        if not isinstance(block, DataBlock):
            said = tuple(line.say(self.lang) for line in block.lines) if isinstance(block, TextBlock) else ()
            if isinstance(block, SignaturesBlock):
                said = (self.say("signed", who=self.listed(tuple(self.signers(block)))),)
            return DictionarySection(f"{heading}[{block.name}]  {self.say(block.type)}", rules=said)
        rows = self.say("rows", count=getattr(block, "rows", 0)) if block.has_rows else ""
        warned = {True: self.say("warned"), False: ""}
        rules = [rule.sentence_for(block).say(self.lang) + warned[getattr(rule, "warn", False)] for rule in block.rules]
        if block.key:
            rules.insert(0, self.say("key", label=block.label_of(block.key).say(self.lang)))
        title = f"{heading}[{block.name}]  {self.say(block.type)}{rows}"
        return DictionarySection(title, tuple(self.entries(block)), tuple(rules))

    def signers(self, block: SignaturesBlock) -> Iterator[str]:
        """Yield who signs."""
        yield from (party.say(self.lang) for party in block.parties)
        if block.per:
            yield self.say("each", title=self.title_of(block.per))

    def entries(self, block: DataBlock) -> Iterator[FieldEntry]:
        """Yield the fields of a block, the columns that a project names as one."""
        after = block.after if isinstance(block, MatrixBlock) else ()
        yield from (self.entry(one, block) for one in block.fields)
        if isinstance(block, MatrixBlock):
            label = self.say("across", title=self.title_of(block.across))
            kind = self.say("cells")
            yield FieldEntry("", label, f"{block.cells}_…", kind, tuple(self.options(block.of)))
        yield from (self.entry(one, block) for one in after)

    def entry(self, one: FieldBase, block: DataBlock) -> FieldEntry:
        """Return one field."""
        spot = self.around.spots.get((block.name, one.name), FieldPosition(""))
        label = one.label.say(self.lang) + (" *" if one.required else "")
        return FieldEntry(spot.at, label, one.name, self.kind(one), tuple(self.said(one, printed=spot.printed)))

    def kind(self, one: FieldBase) -> str:
        """Return what a field holds, with the bounds that its author gave."""
        bounds = self.bounds(one)
        return one.kind_label.say(self.lang) + (self.say("bounded", bounds=bounds) if bounds else "")

    def bounds(self, one: FieldBase) -> str:
        """Return the bounds of what may be typed, as far as the author gave them."""
        given = {key: _bound_text(one, getattr(one, key)) for key in ("least", "most") if key in one.model_fields_set}
        if isinstance(one, TextField | IdField):
            return self.say("at_most", **given) if given else ""
        key = "between" if len(given) > 1 else "from" if "least" in given else "up_to" if given else ""
        return self.say(key, **given) if key else ""

    def said(self, one: FieldBase, *, printed: bool) -> Iterator[str]:
        """Yield what else there is to say of a field."""
        listed = isinstance(one, ChoiceField | ChoicesField)
        if one.fill:
            yield self.say("filled", fact=one.fill)
        elif text := one.help_text(self.lang, self.around.scope) if one.help or not listed else "":
            yield text
        if isinstance(one, ComputedField):
            yield self.say("formula", formula=one.formula)
        if one.list_name() and (listed or one.computed):
            yield from self.options(one.list_name())
        if one.to:
            yield self.say("to", target=self.around.targets.get(one.to, untranslated(one.to)).say(self.lang))
        if one.was:
            yield self.say("was", labels=self.listed(one.was))
        if not printed:
            yield self.say("unprinted")

    def options(self, name: str) -> Iterator[str]:
        """Yield the values of a list, each with its code."""
        if name in self.around.project_lists:
            yield self.say("of_project", name=name, title=self.title_of(name))
            return
        choices = self.around.scope.lists[name]
        values = tuple(
            label if label == choice.code else self.say("coded", label=label, code=choice.code)
            for choice in choices.values
            if choice.offered
            for label in (choice.label.say(self.lang),)
        )
        yield self.say("options", name=name, values=self.listed(values)) + (self.say("open") if choices.open else "")

    def title_of(self, name: str) -> str:
        """Return what a person calls a list."""
        titles = self.around.project_lists
        return titles[name].say(self.lang) if name in titles else self.around.scope.lists[name].title.say(self.lang)


def _bound_text(one: FieldBase, bound: object) -> str:
    return one.shown(bound) if isinstance(one, NumberField) and isinstance(bound, float) else str(bound)


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
    "signatures": LocalizedText("签字栏", "boxes to sign"),
    "contents": LocalizedText("目录", "list of the sheets"),
    "legend": LocalizedText("图例", "legend"),
    "rows": LocalizedText("，{count} 个空白行", ", {count} blank rows"),
    "key": LocalizedText(
        "以“{label}”区分每一条，不能重复。", "Each is known by its “{label}”, which stands only once."
    ),
    "warned": LocalizedText("（只提醒）", " (a warning only)"),
    "signed": LocalizedText("签字：{who}。", "Signed by: {who}."),
    "each": LocalizedText("每个{title}", "each of: {title}"),
    "across": LocalizedText("各列：{title}", "Columns: {title}"),
    "cells": LocalizedText("项目设置表里有几个，就有几列", "one column for each that the project names"),
    "bounded": LocalizedText("（{bounds}）", " ({bounds})"),
    "at_most": LocalizedText("最多 {most} 字", "at most {most} characters"),
    "between": LocalizedText("{least} 到 {most}", "{least} to {most}"),
    "from": LocalizedText("不小于 {least}", "{least} or more"),
    "up_to": LocalizedText("不大于 {most}", "{most} or less"),
    "filled": LocalizedText("发出时已填好（{fact}），锁定。", "Filled when it is issued ({fact}) and locked."),
    "formula": LocalizedText("公式：{formula}", "Formula: {formula}"),
    "of_project": LocalizedText(
        "选项 {name}：项目设置表里的“{title}”。", "List {name}: “{title}” of the project workbook."
    ),
    "options": LocalizedText("选项 {name}：{values}", "List {name}: {values}"),
    "coded": LocalizedText("{label}（{code}）", "{label} ({code})"),
    "open": LocalizedText("；也可填其他内容", "; anything else may be typed too"),
    "to": LocalizedText("须是{target}里有的值。", "A value that stands in {target}."),
    "was": LocalizedText("也认这些表头：{labels}", "Also read under these headers: {labels}"),
    "unprinted": LocalizedText("不打印。", "Not printed."),
}
"""What the dictionary says, by what it says it of."""
