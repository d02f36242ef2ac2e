"""The definitions that travel with xlsflow: they load, agree with one another, and ask everything the handbooks ask."""

from __future__ import annotations

import dataclasses
import tomllib
import unicodedata
from collections import defaultdict
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.handbooks import ASKED, FORMS_OF_PACKS
from xlsflow.layout import lay_out
from xlsflow.layout.widths import PAGE_PX, pixels
from xlsflow.project import Project
from xlsflow.resources import resource
from xlsflow.template.evaluate import Row, holds, worth
from xlsflow.template.expr import Const, If, Setting, parse, walk
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.load import load_library
from xlsflow.words import LANGS, Words, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from xlsflow.template.expr import Expr
    from xlsflow.template.model import DataBlock, Pack, Template

FOLDER = resource("workbook_templates")
LIBRARY = load_library([FOLDER])
PACKS = sorted(LIBRARY.pack_files)
SHEETS = [(name, variant) for name in sorted(LIBRARY.sheet_files) for variant in ("", *LIBRARY.variants(name))]
RACI_COLUMNS = ChoiceList(
    name="raci_columns",
    title=same("columns"),
    values=(
        Choice(code="HD", label=same("华东"), group="region"),
        Choice(code="HN", label=same("华南"), group="region"),
        Choice(code="YF", label=same("研发"), group="department"),
        Choice(code="SC", label=same("市场"), group="department"),
    ),
)


@cache
def pack_sheets(name: str) -> tuple[Template, ...]:
    pack = LIBRARY.pack(name)
    return LIBRARY.sheets(pack, LIBRARY.scope(settings=pack.settings))


def data_of(template: Template) -> Iterator[tuple[str, DataBlock]]:
    yield from ((template.full_name(block), block) for block in template.data)


# --- they load ---


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_a_sheet_and_each_of_its_variants_has_no_mistake(name: str, variant: str) -> None:
    assert [str(wrong) for wrong in LIBRARY.mistakes(LIBRARY.sheet_files[name], variant)] == []


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_opens_with_its_cover_unless_it_is_the_set_up(name: str) -> None:
    covers = [template.cover for template in pack_sheets(name)]
    assert covers == ([False] * len(covers) if LIBRARY.pack(name).setup else [True] + [False] * (len(covers) - 1))


def test_one_pack_is_the_default_and_one_the_set_up() -> None:
    packs = [LIBRARY.pack(name) for name in PACKS]
    assert [pack.name for pack in packs if pack.default] == ["coordination"]
    assert [pack.name for pack in packs if pack.setup] == ["project"]


def test_no_sheet_and_no_variant_is_idle() -> None:
    used = {(use.template, use.variant) for name in PACKS for use in LIBRARY.pack(name).sheets}
    assert {sheet for sheet in SHEETS if sheet[1]} <= used
    assert {name for name, _ in SHEETS} == {name for name, _ in used}


# --- they ask what the handbooks ask ---


@pytest.mark.parametrize("sheet", sorted(ASKED))
def test_a_sheet_asks_every_field_of_the_handbooks_and_requires_the_same(sheet: str) -> None:
    template = LIBRARY.template(sheet)
    wanted = {label.removesuffix("*"): label.endswith("*") for label in ASKED[sheet].split()}
    found: dict[str, bool] = defaultdict(bool)
    for block in template.data:
        for field in block.columns:
            found[field.label.zh] |= field.required
    assert {label: found.get(label) for label in wanted} == wanted


@pytest.mark.parametrize("pack", sorted(FORMS_OF_PACKS))
def test_a_pack_has_every_form_of_its_handbook(pack: str) -> None:
    titles = [template.title.zh for template in pack_sheets(pack)]
    assert [title for title in FORMS_OF_PACKS[pack].split() if title not in titles] == []


def test_every_form_of_the_handbooks_goes_out_in_some_pack() -> None:
    out = {use.template for name in PACKS for use in LIBRARY.pack(name).sheets}
    assert set(ASKED) <= out
    assert len(ASKED) == 22


def test_the_project_workbook_asks_for_what_the_code_reads() -> None:
    blocks = {block.name: block for template in pack_sheets("project") for block in template.data}
    for part in dataclasses.fields(Project):
        default = part.default_factory() if callable(part.default_factory) else None
        of = type(default) if dataclasses.is_dataclass(default) else _item(part.type)
        assert {one.name for one in dataclasses.fields(of)} <= {field.name for field in blocks[part.name].fields}


def _item(annotation: object) -> Any:  # noqa: ANN401 - a class of the module, by the name in the annotation
    import xlsflow.project as module

    return getattr(module, str(annotation).removeprefix("tuple[").removesuffix(", ...]"))


# --- they agree with one another ---


def test_a_label_stands_in_one_file_in_either_language() -> None:
    where: dict[str, set[str]] = defaultdict(set)
    for path in sorted(FOLDER.rglob("*.toml")):
        for label in _labels(path):
            for text in label.values():
                where[text].add(path.name)
    assert {label: files for label, files in where.items() if len(files) > 1} == {}


def _labels(path: Path) -> Iterator[dict[str, str]]:
    content = tomllib.loads(path.read_text("utf-8"))
    fields: list[dict[str, Any]] = list(content.values()) if path.name == "fields.toml" else []
    for block in content.get("blocks", ()):
        fields += [*block.get("fields", ()), *block.get("after", ())]
    for variant in content.get("variants", {}).values():
        fields += variant.get("add", [])
        fields += variant.get("change", {}).values()
        yield from variant.get("rename", {}).values()
    yield from (field["label"] for field in fields if "label" in field)


@pytest.mark.parametrize("name", PACKS)
def test_tabs_of_a_workbook_differ_in_either_language(name: str) -> None:
    for lang in LANGS:
        tabs = [template.tab.say(lang).casefold() for template in pack_sheets(name)]
        assert sorted(set(tabs)) == sorted(tabs)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_sets_every_figure_that_its_sheets_speak_of(name: str) -> None:
    spoken = {
        part.name
        for template in pack_sheets(name)
        for block in template.data
        for expr in _expressions(block)
        for part in walk(expr)
        if isinstance(part, Setting)
    }
    assert spoken == set(LIBRARY.pack(name).settings)


def _expressions(block: DataBlock) -> Iterator[Expr]:
    for rule in block.rules:
        yield from map(parse, rule.expressions())
    yield from (parse(field.formula) for field in block.columns if hasattr(field, "formula"))


@pytest.mark.parametrize("name", PACKS)
def test_a_reference_leads_to_a_field_of_the_same_workbook(name: str) -> None:
    there = {
        f"{full}.{field.name}": getattr(field, "prefix", "")
        for template in pack_sheets(name)
        for full, block in data_of(template)
        for field in block.columns
    }
    for template in pack_sheets(name):
        for full, block in data_of(template):
            for field in block.columns:
                if field.to:
                    assert field.to in there, f"{full}.{field.name}"
                    assert there[field.to] == getattr(field, "prefix", ""), f"{full}.{field.name}: another shape of id"


def test_a_formula_gives_codes_of_its_list() -> None:
    for name, variant in SHEETS:
        for full, block in data_of(LIBRARY.template(name, variant)):
            for field in block.columns:
                if (formula := getattr(field, "formula", "")) and field.list_name():
                    given = set(_results(parse(formula)))
                    assert given == {choice.code for choice in LIBRARY.lists[field.list_name()].values}, full


def _results(expr: Expr) -> Iterator[object]:
    if isinstance(expr, If):
        yield from _results(expr.then)
        yield from _results(expr.otherwise)
    else:
        assert isinstance(expr, Const)
        yield expr.value


def test_the_project_workbook_offers_the_packs_rules_and_settings_that_there_are() -> None:
    packs = [pack for pack in map(LIBRARY.pack, PACKS) if not pack.setup]
    assert _codes("pack_names") == {pack.name for pack in packs}
    assert _codes("setting_names") == {name for pack in packs for name in pack.settings}
    assert _codes("timing_rules") == {name for pack in packs for name in pack.timing}


def _codes(name: str) -> set[str]:
    return {choice.code for choice in LIBRARY.lists[name].values}


def test_no_list_is_idle() -> None:
    used = {field.list_name() for n, v in SHEETS for _, b in data_of(LIBRARY.template(n, v)) for field in b.columns}
    used |= {block.of for n, v in SHEETS for _, block in data_of(LIBRARY.template(n, v)) if hasattr(block, "of")}
    assert set(LIBRARY.lists) <= used


# --- they can be read and printed ---


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_a_former_header_is_no_other_fields_label(name: str, variant: str) -> None:
    for full, block in data_of(LIBRARY.template(name, variant)):
        labels = {text: field.name for field in block.columns for text in field.label.both()}
        taken = [(full, old) for field in block.columns for old in field.was if labels.get(old, field.name) != field.name]
        assert taken == []
        former = [old for field in block.columns for old in field.was]
        assert sorted(set(former)) == sorted(former), full


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_help_is_short_and_a_rule_is_one_sentence(name: str, variant: str) -> None:
    template = LIBRARY.template(name, variant)
    for full, block in data_of(template):
        for field in block.columns:
            for text in field.help.both() if field.help else ():
                assert len(text) <= 120, (full, field.name)
        for rule in block.rules:
            said: Words | None = getattr(rule, "say", None)
            if said:
                assert said.zh.endswith("。"), (full, said.zh)
                assert said.zh.count("。") == 1, (full, said.zh)
                assert said.en.endswith("."), (full, said.en)
                assert len(said.en) <= 120, (full, said.en)


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_symbols_are_ones_that_every_chinese_font_has(name: str, variant: str) -> None:
    text = LIBRARY.template(name, variant).model_dump_json()
    text += "".join(choice.model_dump_json() for one in LIBRARY.lists.values() for choice in one.values)
    symbols = {c for c in text if ord(c) > 127 and unicodedata.category(c) in ("So", "Sm", "Sk", "Po", "Pi", "Pf")}
    assert {symbol for symbol in symbols if not _in_gb2312(symbol)} == set()


def _in_gb2312(symbol: str) -> bool:
    try:
        symbol.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_printed_page_is_never_smaller_than_three_quarters(name: str, lang: Any) -> None:  # noqa: ANN401
    scope = LIBRARY.scope({"raci_columns": RACI_COLUMNS}, LIBRARY.pack(name).settings)
    for template in LIBRARY.sheets(LIBRARY.pack(name), scope):
        layout = lay_out(template, lang, scope)
        across = pixels(layout.widths[: layout.printed_col + 1])
        scale = PAGE_PX((template.print.paper, template.print.landscape)) / across
        assert scale >= 0.75, (template.name, round(scale, 3))
