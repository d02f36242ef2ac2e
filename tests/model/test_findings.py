"""Findings and refusals in words: every code has its facts, both languages say the same, in the order of the sheet."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

import xlsflow
from xlsflow import errors
from xlsflow.errors import CodedError, InputError, ProjectError, TemplateError, did_you_mean, nearest_match
from xlsflow.findings import Finding, Location, Severity, worst_severity
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.messages import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

ALWAYS = frozenset(("file", "sheet", "cell", "label", "value", "shown"))
"""What every finding knows."""
LATER = {
    # Checks carry their facts to where rows are known: checks/faults.py gives them.
    "required_if": {"sentence"},
    "rule_broken": {"sentence"},
    "rule_warned": {"sentence"},
    "before": {"other", "other_value"},
    "in_future": {"as_of"},
    "date_far": {"as_of"},
    "date_of_earlier_round": {"as_of"},
    # checks/linked_rows.py
    "waits_in_circle": {"circle"},
    "starts_too_early": {"other", "other_value"},
    "id_resembles": {"other"},
    "read_beside": {"box"},
    "beside_box": {"box"},
    "not_exactly_one": {"code", "count"},
    "none_of": {"code"},
    "not_unique": {"other"},
    # The place of the other file or row: merge/merge.py.
    "used_elsewhere": {"other"},
    "row_twice": {"other"},
    "superseded": {"other"},
    "file_twice": {"other"},
    # A dict or a table of codes is between: intake/read.py, recognise.py, worker; flow/collect.py, setup.py.
    "region_differs": {"region", "written"},
    "region_doubtful": {"region", "agreeing", "signs", "digest"},
    "return_untouched": {"since"},
    "returns_file_unknown": {"near"},
    "column_extra": {"column", "count", "title"},
    "hidden_rows": {"count", "rows"},
    "sheet_copy_same": {"original"},
    "sheet_copy_read": {"original"},
    "sheet_copy_differs": {"original"},
    "file_too_slow": {"seconds"},
    "file_needs_memory": {"limit"},
    "project_faulty": {"zh", "en"},
    "region_twice": {"name"},
    "department_twice": {"name"},
    "column_twice": {"name"},
    "person_twice": {"name"},
}
"""Code -> facts that its raiser gives in another step than the one that names the code."""
STOPS = {name for name in dir(errors) if isinstance(one := getattr(errors, name), type) and issubclass(one, CodedError)}


PACKAGE = Path(xlsflow.__file__).parent
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
}


@dataclass(frozen=True)
class Site:
    """A call that names a code."""

    code: str
    called: str
    facts: frozenset[str]
    where: str


def sites() -> Iterator[Site]:
    """Yield every call in the package whose first argument is a code, with the names of the facts beside it."""
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                code = node.args[0].value
                called = ast.unparse(node.func).rpartition(".")[2]
                if code in CATALOGUE or called in STOPS | {"Diagnostic", "diagnostic"}:
                    dicts = [one for one in node.args[1:] if isinstance(one, ast.Dict)]
                    keys = [key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)]
                    facts = frozenset(map(str, [*(word.arg for word in node.keywords if word.arg), *keys]))
                    yield Site(str(code), called, facts, f"{Path(name).name}:{node.lineno}")


SITES = list(sites())


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.where}-{site.code}")
def test_whoever_raises_a_code_gives_every_fact_of_its_sentence(site: Site) -> None:
    given = site.facts | LATER.get(site.code, set()) | (set() if site.called in STOPS else ALWAYS)

    assert site.code in CATALOGUE
    for text in CATALOGUE[site.code].text.both():
        assert holes(text) <= given


def test_every_code_is_raised_somewhere() -> None:
    named = {
        node.value
        for name, tree in TREES.items()
        if "catalogue" not in Path(name).parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
    }

    assert set(CATALOGUE) - named == set()


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_languages_say_the_same_and_end_like_a_sentence(code: str) -> None:
    zh, en = CATALOGUE[code].text.both()

    assert holes(zh) ^ holes(en) <= {"zh", "en", "file", "sheet", "label"}
    assert zh.endswith(("。", "？", "{sentence}", "{zh}", "{nearest}"))
    assert en.endswith((".", "?", "{sentence}", "{en}", "{nearest}"))
    assert "  " not in zh + en
    assert not set("；，。：（）") & set(en), "full-width punctuation in an English sentence"
    assert not set(",;?!") & set(zh), "half-width punctuation in a Chinese sentence"
    assert "“" in en or '"' not in en


@pytest.mark.parametrize("code", CATALOGUE)
@pytest.mark.parametrize("lang", LANGS)
def test_a_sentence_is_whole_with_its_facts(code: str, lang: Lang) -> None:
    facts: dict[str, str | LocalizedText] = {
        name: LocalizedText("事实", "fact") for name in holes("".join(CATALOGUE[code].text.both()))
    }
    place = Location("回收.xlsx", "执行跟踪", "D5", "tracking.tasks", "owner", LocalizedText("责任人", "Owner"))
    message = Finding(code, place, "华东区", facts).message(lang)

    assert not holes(message)
    assert "…" not in message
    assert LocalizedText("事实", "fact").say("en" if lang == "zh" else "zh") not in message


def test_a_finding_is_said_in_the_readers_language() -> None:
    finding = Finding(
        "not_a_person", Location("a.xlsx", "跟踪", "D5", label=LocalizedText("责任人", "Owner")), "华东区"
    )

    assert finding.message("zh") == "“责任人”写的是“华东区”，这是区域、部门或岗位，不是人；请填一个具体的人的姓名。"
    assert finding.message("en") == (
        "“Owner” is “华东区”, which is a region, department or job title, not a person; please name one person."
    )
    assert finding.severity is Severity.ERROR


def test_a_missing_fact_never_breaks_a_sentence() -> None:
    assert Finding("too_long", Location(label=LocalizedText("备注", "Remark"))).message("en") == (
        "“Remark” has … characters; the maximum is …. Please shorten it."
    )


def test_a_long_value_is_cut_and_a_blank_one_is_called_so() -> None:
    place = Location(label=LocalizedText("项", "Item"))

    assert f"“{'字' * 59}…”" in Finding("not_a_date", place, "字" * 80).message("zh")
    assert "“a b”" in Finding("not_a_date", place, "a\n  b").message("en")
    assert (
        Finding("rule_broken", place, "", {"sentence": "It must not."}).message("en")
        == "“Item” is “(blank)”: It must not."
    )
    assert "“{value} {0}”" in Finding("not_a_date", place, "{value} {0}").message("en")


def test_without_a_label_the_field_is_named() -> None:
    assert Finding("required_blank", Location(field="owner")).message("en") == "“owner” is required, but blank."


def test_findings_are_in_the_order_of_the_sheet() -> None:
    cells = ["", "A2", "B2", "AA2", "A10", "B10:C12", "A100"]
    inside = [Finding("not_a_date", Location("a.xlsx", "s", cell)) for cell in cells]
    ordered = [
        *inside,
        Finding("not_a_date", Location("a.xlsx", "t", "A1")),
        Finding("file_damaged", Location("b.xlsx")),
        Finding("required_blank", Location("b.xlsx", "s", "A2")),
        Finding("unknown_person", Location("b.xlsx", "s", "A2")),
        Finding("read_as", Location("b.xlsx", "s", "A2")),
    ]
    mixed = ordered.copy()
    random.Random(1).shuffle(mixed)  # noqa: S311 - any other order

    assert mixed != ordered
    assert sorted(mixed, key=Finding.order) == ordered


def test_the_worst_of_several() -> None:
    found = [Finding(code, Location()) for code in ("read_as", "unknown_person", "required_blank")]

    assert [worst_severity(found[:n]) for n in range(4)] == [None, Severity.INFO, Severity.WARNING, Severity.ERROR]


def test_an_error_that_stops_the_work_speaks_both_languages() -> None:
    error = ProjectError(
        "no_such_region",
        region="华动",
        known=LocalizedText("华东", "East"),
        near=LocalizedText("（是否指“华东”？）", ""),
    )

    assert error.say("zh") == "项目里没有区域“华动”（是否指“华东”？）；现有：华东。"
    assert error.say("en") == str(error) == "The project has no region “华动”; its regions are: East."


def test_an_error_without_a_fact_is_still_a_sentence() -> None:
    assert str(InputError("no_such_file")) == "… does not exist."


def test_a_template_error_says_file_and_place_alike_in_both_languages() -> None:
    error = TemplateError(Path("a") / "b.toml", "blocks[0].key", "there is no field 'x'")

    assert error.say("zh") == error.say("en") == f"{Path('a') / 'b.toml'}: blocks[0].key: there is no field 'x'"
    assert str(TemplateError("b.toml", "", "it is not TOML")) == "b.toml: it is not TOML"


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("doen", ["open", "done"], "done"),
        ("DONE", ["open", "done"], "done"),
        ("Strat", ["State", "Start"], "Start"),
        ("mots", ["lines", "most"], "most"),
        ("weather", ["open", "done"], None),
        ("", ["open"], None),
        ("x", [], None),
    ],
)
def test_the_nearest_word_is_the_likeliest_slip(word: str, known: list[str], near: str | None) -> None:
    assert nearest_match(word, known) == near
    assert did_you_mean(word, known) == (f" (did you mean {near!r}?)" if near else "")
