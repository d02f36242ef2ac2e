"""The built-in definitions load, are consistent with each other, and ask everything that the handbooks ask."""

from __future__ import annotations

import dataclasses
import tomllib
import unicodedata
from collections import defaultdict
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.expressions import condition_holds, expression_value
from tests.templates.handbooks import ASKED, DUTIES, FORMS_OF_PACKS
from xlsflow.errors import NoSuchTemplate
from xlsflow.i18n import LANGS, LocalizedText, untranslated
from xlsflow.layout.sheet_layout import LayoutSizes, lay_out
from xlsflow.layout.sheet_sizes import SPARE_FORMS, TABLE_ROWS
from xlsflow.layout.widths import PAGE_PX, columns_px
from xlsflow.model import project
from xlsflow.pipeline.project_file import example_rows
from xlsflow.system.package_data import package_data_path
from xlsflow.template.expressions.evaluate_row import RowContext
from xlsflow.template.expressions.expression import Const, If, SettingRef, parse_expression, walk_expression
from xlsflow.template.kinds.computed import ComputedField
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.loading.load import load_library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from xlsflow.template.expressions.expression import Expr
    from xlsflow.template.model import DataBlock, Pack, Template

FOLDER = package_data_path("workbook_templates")
LIBRARY = load_library([FOLDER])
PACKS = sorted(LIBRARY.pack_files)
SHEETS = [(name, variant) for name in sorted(LIBRARY.sheet_files) for variant in ("", *LIBRARY.variants(name))]
RACI_COLUMNS = ChoiceList(
    name="raci_columns",
    title=untranslated("columns"),
    values=(
        Choice(code="HD", label=untranslated("华东"), group="region"),
        Choice(code="HN", label=untranslated("华南"), group="region"),
        Choice(code="YF", label=untranslated("研发"), group="department"),
        Choice(code="SC", label=untranslated("市场"), group="department"),
    ),
)


def whole(name: str) -> Pack:
    """Return a pack with every sheet that a project may add to it."""
    pack = LIBRARY.pack(name)
    return pack.with_optional({use.template for use in pack.optional})


@cache
def pack_sheets(name: str) -> tuple[Template, ...]:
    pack = whole(name)
    return LIBRARY.sheets(pack, LIBRARY.scope(settings=pack.settings))


def data_of(template: Template) -> Iterator[tuple[str, DataBlock]]:
    yield from ((template.full_name(block), block) for block in template.data)


def formula_of(block: DataBlock, name: str) -> Expr:
    field = block.field(name)
    assert isinstance(field, ComputedField)
    return field.expression


# --- they load ---


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_a_sheet_and_each_of_its_variants_has_no_mistake(name: str, variant: str) -> None:
    assert [str(wrong) for wrong in LIBRARY.errors_in(LIBRARY.sheet_files[name], variant)] == []


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_opens_with_its_cover_unless_it_is_the_set_up(name: str) -> None:
    covers = [template.cover for template in pack_sheets(name)]
    assert covers == ([False] * len(covers) if LIBRARY.pack(name).setup else [True] + [False] * (len(covers) - 1))


def test_one_pack_is_the_default_and_one_the_set_up() -> None:
    packs = [LIBRARY.pack(name) for name in PACKS]
    assert [pack.name for pack in packs if pack.default] == ["coordination"]
    assert [pack.name for pack in packs if pack.setup] == ["project"]


def test_no_sheet_and_no_variant_is_idle() -> None:
    used = {(use.template, use.variant) for name in PACKS for use in LIBRARY.pack(name).all_uses}
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
    for part in dataclasses.fields(project.Project):
        if part.name == "parts":  # not asked: the projects of the books that are merged
            continue
        kind = getattr(project, str(part.type).removeprefix("tuple[").removesuffix(", ...]"))
        # Attributes that do not take part in comparison hold the position of a row, not a column.
        columns = {attribute.name for attribute in dataclasses.fields(kind) if attribute.compare}
        assert columns <= {field.name for field in blocks[part.name].fields}


# --- they agree with one another ---


def test_a_label_is_in_one_file_in_either_language() -> None:
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
        for part in walk_expression(expr)
        if isinstance(part, SettingRef)
    }
    followed = any(getattr(block, "follow", None) for template in pack_sheets(name) for block in template.data)
    ladder = {f"escalate_{rung}" for rung in ("head", "coordinator", "superior")}
    signals = {"light_red_days", "light_red_new", "light_amber_soon"}
    of_reports = {"due_soon_days", "accept_new_dates", *ladder, *signals} if followed else set()
    always = set() if LIBRARY.pack(name).setup else {"all_names"}
    assert spoken | of_reports | always == set(LIBRARY.pack(name).settings)


def _expressions(block: DataBlock) -> Iterator[Expr]:
    for rule in block.rules:
        yield from map(parse_expression, rule.expressions_by_key().values())
    yield from (field.expression for field in block.columns if isinstance(field, ComputedField))


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
                if isinstance(field, ComputedField) and field.list_name():
                    given = set(_results(field.expression))
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
    of_any_pack = {TABLE_ROWS, SPARE_FORMS}
    assert _codes("setting_names") == {name for pack in packs for name in pack.settings} | of_any_pack
    assert _codes("timing_rules") == {name for pack in packs for name in pack.timing}


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_found_by_its_title_and_by_its_name_in_the_project_workbook(name: str) -> None:
    labels = [choice.label for choice in LIBRARY.lists["pack_names"].values if choice.code == name]
    asked = [text for called in (LIBRARY.pack(name).title, *labels) for text in called.both()]

    assert {LIBRARY.pack(text).name for text in (*asked, f" {asked[1].upper()} ")} == {name}


def test_an_unknown_pack_is_reported_with_the_titles_of_those_that_there_are() -> None:
    with pytest.raises(NoSuchTemplate) as stopped:
        LIBRARY.pack("foo")

    assert "、coordination（日常协调）、" in stopped.value.say("zh")
    assert ", coordination (Everyday coordination), " in stopped.value.say("en")


def _codes(name: str) -> set[str]:
    return {choice.code for choice in LIBRARY.lists[name].values}


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_a_pack_gives_its_rules_the_time_that_its_handbook_gives(name: str) -> None:
    duties = {rule: duty.model_dump(exclude_defaults=True) for rule, duty in LIBRARY.pack(name).timing.items()}
    assert duties == DUTIES[name]


@pytest.mark.parametrize("name", PACKS)
def test_a_rule_of_a_pack_is_measured_by_a_duty_and_a_duty_has_a_figure(name: str) -> None:
    """Sheets that a project may add count: without them a rule may be idle, but no workbook has a duty without end."""
    measured = {duty.rule for template in pack_sheets(name) for block in template.data for duty in block.duties}

    assert measured == set(LIBRARY.pack(name).timing)


def test_no_list_is_idle() -> None:
    used = {field.list_name() for n, v in SHEETS for _, b in data_of(LIBRARY.template(n, v)) for field in b.columns}
    used |= {block.of for n, v in SHEETS for _, block in data_of(LIBRARY.template(n, v)) if hasattr(block, "of")}
    assert set(LIBRARY.lists) <= used


# --- they can be read and printed ---


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_a_former_header_is_no_other_fields_label(name: str, variant: str) -> None:
    for full, block in data_of(LIBRARY.template(name, variant)):
        labels = {text: field.name for field in block.columns for text in field.label.both()}
        taken = [old for field in block.columns for old in field.was if labels.get(old, field.name) != field.name]
        assert taken == [], full
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
            sentence: LocalizedText | None = getattr(rule, "say", None)
            if sentence:
                assert sentence.zh.endswith("。"), (full, sentence.zh)
                assert sentence.zh.count("。") == 1, (full, sentence.zh)
                assert sentence.en.endswith("."), (full, sentence.en)
                assert len(sentence.en) <= 120, (full, sentence.en)


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_symbols_are_ones_that_every_chinese_font_has(name: str, variant: str) -> None:
    text = LIBRARY.template(name, variant).model_dump_json()
    text += "".join(choice.model_dump_json() for choices in LIBRARY.lists.values() for choice in choices.values)
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
    people = project.Project.from_rows(example_rows()).lists()  # real names are longer than none
    scope = LIBRARY.scope(people, LIBRARY.pack(name).settings)
    for template in LIBRARY.sheets(LIBRARY.pack(name), scope):
        layout = lay_out(template, lang, scope, LayoutSizes(region="HW"))
        across = columns_px(layout.widths[: layout.printed_col + 1])
        scale = PAGE_PX((layout.paper, template.print.landscape)) / across
        assert layout.paper == template.print.paper
        assert scale >= 0.75, (template.name, round(scale, 3))


# --- the ten checks of the handbooks, each on one row ---

TODAY = date(2026, 11, 20)
at = datetime.fromisoformat
FIGURES = {"due_soon_days": 7, "risk_high": 15, "risk_medium": 6, "meeting_minutes": 90, "topic_minutes": 20}
FIGURES |= {"daily_minutes": 15, "weekly_minutes": 90}
TASK = {"task": "铺货", "owner": "李明", "start": date(2026, 11, 2), "due": date(2026, 11, 30), "reported": TODAY}
ISSUE = {"problem": "断货", "raised": at("2026-11-18 14:30"), "solve_by": date(2026, 11, 18)}
RISK = {"likelihood": 3, "severity": 5, "identified": TODAY, "solve_by": date(2026, 12, 1)}
A_AND_R = {"roles_sc": "A", "roles_yf": "R"}


def broken(block: str, values: Mapping[str, object]) -> set[tuple[str, str]]:
    """Return field and code of every constraint that a row violates, missing required values excepted."""
    sheet, _, name = block.partition(".")
    scope = LIBRARY.scope({"raci_columns": RACI_COLUMNS}, FIGURES)
    found = LIBRARY.template(sheet).resolved(scope).block(name)
    row = RowContext(values, TODAY, FIGURES, found.groups)
    return {
        (check.at, check.code)
        for check in found.constraints()
        if check.code != "required_blank"
        and (check.when is None or condition_holds(check.when, row, presume=False))
        and not condition_holds(check.must, row, presume=True)
    }


@pytest.mark.parametrize(
    ("block", "values", "faults"),
    [
        # 2: dates make sense
        ("tracking.tasks", {**TASK, "progress": "in_progress", "share": 0.6}, set()),
        ("tracking.tasks", {**TASK, "due": date(2026, 11, 1)}, {("due", "before")}),
        ("tracking.tasks", {**TASK, "progress": "done", "share": 1}, {("finished", "required_if")}),
        ("tracking.tasks", {**TASK, "progress": "done", "finished": date(2026, 11, 21)}, {("finished", "in_future")}),
        ("tracking.tasks", {**TASK, "progress": "late", "due": date(2026, 11, 3)}, {("delay_reason", "required_if")}),
        ("tracking.tasks", {**TASK, "progress": "blocked"}, {("support", "required_if")}),
        # 3: the typed status against the facts
        ("tracking.tasks", {**TASK, "progress": "not_started", "share": 0.6}, {("share", "rule_broken")}),
        ("tracking.tasks", {**TASK, "progress": "done", "share": 0.8, "finished": TODAY}, {("share", "rule_broken")}),
        (
            "tracking.tasks",
            {**TASK, "progress": "in_progress", "due": date(2026, 11, 19)},
            {("progress", "rule_warned")},
        ),
        ("tracking.tasks", {**TASK, "progress": "in_progress", "due": TODAY}, set()),
        ("tracking.tasks", {**TASK, "progress": "late", "delay_reason": "缺货"}, {("progress", "rule_warned")}),
        ("tracking.tasks", {**TASK, "progress": "in_progress", "share": 1.0}, {("progress", "rule_warned")}),
        # 5: one A, an R that is more than a region
        ("raci.matrix", {"task": "铺货", **A_AND_R}, set()),
        ("raci.matrix", {"task": "铺货", **A_AND_R, "roles_hd": "A"}, {("task", "not_exactly_one")}),
        ("raci.matrix", {"task": "铺货", "roles_sc": "A/R"}, set()),
        ("raci.matrix", {"task": "铺货", "roles_sc": "A"}, {("task", "none_of")}),
        ("raci.matrix", {"task": "铺货", "roles_sc": "A", "roles_hd": "R"}, {("task", "rule_broken")}),
        ("raci.matrix", {"task": "铺货", **A_AND_R, "roles_hd": "R"}, set()),
        # 6: a goal has a figure, a request an amount
        ("requirement.form", {"goal": "尽快铺货"}, {("goal", "no_figure")}),
        (
            "requirement.form",
            {"goal": "铺货 120 家", "resources_needed": "人手"},
            {("resources_needed", "rule_warned")},
        ),
        ("resource_requests.requests", {"quantity": 0}, {("quantity", "rule_broken")}),
        ("charter.form", {"goal": "覆盖更多门店"}, {("goal", "no_figure")}),
        # 7: closed only after it was verified
        ("issues.issues", {**ISSUE, "state": "in_progress"}, set()),
        (
            "issues.issues",
            {**ISSUE, "state": "closed", "solution": "调货", "solved": at("2026-11-19 09:00")},
            {("verifier", "required_if"), ("verified", "required_if")},
        ),
        (
            "issues.issues",
            {
                **ISSUE,
                "state": "closed",
                "solution": "调货",
                "solved": at("2026-11-19 09:00"),
                "verifier": "王芳",
                "verified": at("2026-11-19 08:00"),
            },
            {("verified", "before")},
        ),
        ("issues.issues", {**ISSUE, "solve_by": date(2026, 11, 17)}, {("solve_by", "rule_broken")}),
        # 8: the level follows from the value
        ("risks.risks", {**RISK, "level": "high"}, set()),
        ("risks.risks", {**RISK, "level": "medium"}, {("level", "rule_broken")}),
        ("risks.risks", {**RISK, "likelihood": 2, "severity": 3, "level": "medium"}, set()),
        ("risks.risks", {**RISK, "likelihood": 1, "severity": 5, "level": "low"}, set()),
        ("risks.risks", {"level": "high"}, set()),
        # 9: a failed acceptance has a rectification and its deadline
        (
            "acceptance.conclusion",
            {"verdict": "fail"},
            {("rectification", "required_if"), ("rectify_by", "required_if")},
        ),
        ("acceptance.conclusion", {"verdict": "pass"}, set()),
        # 10: a disputed opinion names the core difference
        ("opinions.opinions", {"opinion_class": "disputed"}, {("core_difference", "required_if")}),
        ("opinions.opinions", {"opinion_class": "consensus"}, set()),
        # meetings
        ("notice.agenda", {"topic_minutes": 25}, {("topic_minutes", "rule_broken")}),
        ("notice.meeting", {"total_minutes": 95}, {("total_minutes", "rule_broken")}),
        ("minutes.attendees", {"person_name": "李明", "proxy": "李明"}, {("proxy", "rule_broken")}),
    ],
)
def test_a_row_breaks_what_it_should_and_no_more(
    block: str, values: Mapping[str, object], faults: set[tuple[str, str]]
) -> None:
    assert broken(block, values) == faults


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_a_row_of_which_nothing_is_known_breaks_no_rule(name: str, variant: str) -> None:
    for block in LIBRARY.template(name, variant).data:
        row = RowContext({}, TODAY, FIGURES, {**block.groups})
        for check in block.constraints():
            tallied = check.code in ("required_blank", "not_exactly_one", "none_of")  # a count of none is known
            asked = check.when is None or condition_holds(check.when, row, presume=False)
            assert tallied or not asked or condition_holds(check.must, row, presume=True)


@pytest.mark.parametrize(
    ("values", "signal", "days"),
    [
        ({"progress": "done", "due": date(2026, 11, 1)}, "done", 0),
        ({"progress": "cancelled", "due": date(2026, 11, 1)}, "dropped", 0),
        ({"progress": "in_progress", "due": date(2026, 11, 17)}, "overdue", 3),
        ({"progress": "blocked", "due": date(2026, 11, 17)}, "overdue", 3),
        ({"progress": "blocked", "due": date(2026, 12, 31)}, "blocked", 0),
        ({"progress": "in_progress", "due": TODAY}, "due_soon", 0),
        ({"progress": "not_started", "due": date(2026, 11, 27)}, "due_soon", 0),
        ({"progress": "not_started", "due": date(2026, 11, 28)}, "normal", 0),
        ({"due": date(2026, 11, 17)}, "overdue", 3),
        ({"progress": "in_progress"}, "normal", None),
    ],
)
def test_a_tasks_signal_and_days_late_follow_from_its_facts(
    values: Mapping[str, object], signal: str, days: float | None
) -> None:
    block = LIBRARY.template("tracking").block("tasks")
    row = RowContext(values, TODAY, FIGURES)
    assert expression_value(formula_of(block, "signal"), row) == signal
    assert expression_value(formula_of(block, "days_late"), row) == days


@pytest.mark.parametrize(
    ("cells", "result"),
    [
        (A_AND_R, "ok"),
        ({"roles_sc": "A/R"}, "ok"),
        ({"roles_sc": "A", "roles_hd": "A/C", "roles_yf": "R"}, "several_a"),
        ({"roles_yf": "R"}, "no_a"),
        ({"roles_sc": "A", "roles_hd": "C/I"}, "no_r"),
    ],
)
def test_the_check_of_a_responsibility_row_names_its_fault(cells: Mapping[str, object], result: str) -> None:
    scope = LIBRARY.scope({"raci_columns": RACI_COLUMNS}, {})
    block = LIBRARY.template("raci").resolved(scope).block("matrix")
    assert expression_value(formula_of(block, "check"), RowContext(cells, groups=block.groups)) == result


# --- different handbooks, one code ---


@pytest.mark.parametrize(
    ("name", "texts", "code"),
    [
        ("progress", ("已完成", "完成", "Done", "completed", " 完 成 "), "done"),
        ("progress", ("滞后", "延期", "逾期", "Delayed"), "late"),
        ("progress", ("未启动", "未开始"), "not_started"),
        ("raci", ("A/R", "R/A", "Ａ／Ｒ", "a、r", "负责/审批"), "A/R"),
        ("raci", ("R", "负责", "responsible"), "R"),
        ("event_level", ("Ⅱ级", "Level II", "重大"), "level_2"),
    ],
)
def test_words_of_different_handbooks_read_as_one_code(name: str, texts: tuple[str, ...], code: str) -> None:
    assert {LIBRARY.lists[name].code_of(text) for text in texts} == {code}
