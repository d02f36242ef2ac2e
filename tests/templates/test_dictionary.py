"""`xlsflow templates`: the list of templates, the data dictionary of a sheet, validation of own definitions."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlsflow.cli import main
from xlsflow.i18n import LANGS, Lang
from xlsflow.pipeline.project_file import open_library
from xlsflow.pipeline.templates import show_template
from xlsflow.render.as_columns import aligned_rows, display_width, wrapped_lines
from xlsflow.template.data_dictionary import DICTIONARY_TEXTS
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.rules import RULE_TYPES

LIBRARY = open_library()
SHEETS = [
    f"{name}:{variant}" if variant else name
    for name in LIBRARY.sheet_files
    for variant in ("", *LIBRARY.variants(name))
]
STORES = Path(__file__).parent / "packs" / "store_inspection"


def run(*words: object) -> Result:
    """Run a command; the language of messages is English where none is asked for."""
    return CliRunner().invoke(main, ["templates", *map(str, words)], env={"XLSFLOW_LANG": "en"})


# --- list ---


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_has_every_pack_with_its_sheets_in_columns_that_line_up(lang: Lang) -> None:
    lines = run("list", "--lang", lang).output.splitlines()

    for name in LIBRARY.pack_files:
        pack = LIBRARY.pack(name)
        start = next(n for n, line in enumerate(lines) if line.startswith(f"{name}  {pack.title.say(lang)}"))
        for line, use in zip(lines[start + 1 :], pack.sheets, strict=False):
            template = LIBRARY.template_for(use)
            spelt = use.template + (f":{use.variant}" if use.variant else "")
            assert line.split()[0] == spelt
            assert line.endswith(template.purpose.say(lang))
    sheets = {line for line in lines if line.startswith("    ")}
    ends = {
        display_width(line[: line.rindex(purpose)])
        for line in sheets
        for purpose in _purposes(lang)
        if line.endswith(purpose)
    }
    assert len(ends) == 1, "every purpose begins in the same cell of the terminal"


def _purposes(lang: Lang) -> list[str]:
    uses = [use for name in LIBRARY.pack_files for use in LIBRARY.pack(name).sheets]
    return [f"  {LIBRARY.template_for(use).purpose.say(lang)}" for use in uses]


def test_the_list_names_the_default_and_the_sheets_of_ones_own_that_no_pack_uses(tmp_path: Path) -> None:
    (tmp_path / "sheets").mkdir()
    text = (STORES / "sheets" / "store_inspection.toml").read_text("utf-8")
    (tmp_path / "sheets" / "idle.toml").write_text(
        text.replace('name = "store_inspection"', 'name = "idle"', 1), "utf-8"
    )

    done = run("list", "--templates", STORES, "--templates", tmp_path)

    assert "coordination  Cross-region Coordination Workbook  (default)" in done.output
    assert "Sheets that are in no pack\n    idle  Store Inspection" in done.output


# --- show ---


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", SHEETS)
def test_the_dictionary_of_a_sheet_names_every_field_list_and_rule(name: str, lang: Lang) -> None:
    sheet, _, variant = name.partition(":")
    template = LIBRARY.template(sheet, variant)

    text = "\n".join(show_template(name, lang, width=10_000))

    for block in template.data:
        for field in block.columns:
            assert field.name in text
            assert field.label.say(lang) in text
            assert field.kind_label.say(lang) in text
            for choice in LIBRARY.lists[field.list_name()].values if field.list_name() in LIBRARY.lists else ():
                assert choice.label.say(lang) in text
        for rule in block.rules:
            assert rule.sentence_for(block).say(lang) in text
    assert "{" not in text
    assert template.purpose.say(lang) in text


def test_the_dictionary_says_where_a_field_is_what_it_holds_and_where_it_leads() -> None:
    lines = list(show_template("tracking", "en", width=10_000))
    req = next(n for n, line in enumerate(lines) if " req_id " in line)
    share = next(line for line in lines if " share " in line)

    assert lines[req].split()[1:] == ["Req.", "ID", "req_id", "ID"]
    assert "        Must be a value of “Req. ID” of “Requirement Form”." in lines[req + 1 : req + 6]
    assert "        Not printed." in lines[req + 1 : req + 6]
    assert share.split()[1:] == ["%", "done", "share", "percentage"]
    packs = next(line for line in lines if line.startswith("  Packs"))
    assert {"coordination", "(tracking:daily)"} <= {*packs.replace(",", "").split()}


def test_the_dictionary_of_a_variant_is_of_its_own_title_fields_and_packs() -> None:
    text = "\n".join(show_template("minutes:weekly", "zh"))

    assert text.startswith("minutes:weekly  周例会纪要")
    assert "  req_id  " not in text
    assert "所在模板包  team_plan" in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_pack_is_shown_with_its_sheets_settings_and_timing(lang: Lang) -> None:
    text = "\n".join(show_template("communication", lang))
    lines = [line.split("  ") for line in text.splitlines()]

    assert "tracking:daily" in text
    assert {"zh": "48 小时内，major: 24，ordinary: 48", "en": "within 48 hours, major: 24, ordinary: 48"}[lang] in text
    assert next(line for line in lines if "topic_minutes" in line)[-1].strip() == "0"


@pytest.mark.parametrize(
    ("name", "meant"), [("trakcing", "“tracking”"), ("coordinaton", "“coordination”"), ("tracking:dayly", "'daily'")]
)
def test_what_is_not_there_is_reported_with_what_was_meant(name: str, meant: str) -> None:
    done = run("show", name)

    assert done.exit_code == 2
    assert f"did you mean {meant}?" in done.output


def test_a_name_that_a_pack_and_a_sheet_bear_shows_both() -> None:
    done = run("show", "store_inspection", "--templates", STORES)

    assert "Store Inspection Workbook" in done.output
    assert "[mending]  table, 10 blank rows" in done.output


def test_every_kind_and_rule_can_be_put_into_words() -> None:
    assert all(text for kind in KIND_TYPES for text in kind.kind_label.both())
    library = open_library([STORES])
    sentences = {
        rule.rule: rule.sentence_for(block)
        for block in library.template("store_inspection").data
        for rule in block.rules
    }
    assert len(sentences) == len(RULE_TYPES)
    assert all("{" not in text and text[-1] in "。." for words in sentences.values() for text in words.both())
    assert all(words.zh != words.en for words in DICTIONARY_TEXTS.values())


# --- columns and lines ---


def test_columns_line_up_by_the_cells_that_chinese_takes() -> None:
    assert aligned_rows([("任务", "x"), ("a", "负责人")]) == ["任务  x", "a     负责人"]
    assert aligned_rows([]) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three four", ["- one two", "  three", "  four"]),
        ("请填一个具体的人的姓名。", ["- 请填一个", "  具体的人", "  的姓名。"]),
        ("一二三四，五", ["- 一二三四，", "  五"]),
        ("averyveryverylongword", ["- averyveryverylongword"]),
    ],
)
def test_a_text_is_cut_between_words_or_characters_and_no_line_begins_with_a_full_stop(
    text: str, lines: list[str]
) -> None:
    assert list(wrapped_lines(text, 10, "- ", "  ")) == lines


# --- check ---

WRONG = """
name = "wrong"
title = { zh = "错", en = "Wrong" }
tab = { zh = "错", en = "Wrong" }
purpose = { zh = "错", en = "Wrong" }
colour = "bleu"

[[blocks]]
name = "rows"
type = "tabel"
"""
TYPOS = """
name = "typos"
title = { zh = "错", en = "Wrong" }
tab = { zh = "错", en = "Wrong" }
purpose = { zh = "错", en = "Wrong" }

[[blocks]]
name = "rows"
type = "table"
key = "numbr"

[[blocks.fields]]
name = "number"
kind = "choice"
of = "shads"
label = { zh = "编号", en = "Number" }

[[blocks.fields]]
use = "onwer"

[[blocks.rules]]
rule = "must"
that = "nubmer == 'red'"
at = "number"
say = { zh = "错", en = "Wrong" }
"""
FOLDER = {
    "sheets/wrong.toml": WRONG,
    "sheets/typos.toml": TYPOS,
    "packs/painting.toml": """
name = "painting"
title = { zh = "涂装", en = "Painting" }
subtitle = { zh = "颜色", en = "Colours" }
sheets = ["covr", "wrong"]
settngs = {}
""",
    "lists.toml": """
[shades]
title = { zh = "色号", en = "Shade" }
values = [{ code = "red", zh = "大红" }]
""",
    "fields.toml": """
[shade]
kind = "choise"
label = { zh = "色号", en = "Shade" }
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with errors in every type of definition file."""
    for name, text in FOLDER.items():
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "mine"


@pytest.mark.parametrize(
    ("file", "reported"),
    [
        (
            "sheets/wrong.toml",
            [
                ("wrong.toml: colour: ", "did you mean 'blue'?"),
                ("wrong.toml: blocks[0].type: ", "did you mean 'table'?"),
            ],
        ),
        ("packs/painting.toml", [("painting.toml: settngs: ", "did you mean 'settings'?")]),
        ("lists.toml", [("lists.toml: shades.values[0].en: ", "this is missing")]),
        ("fields.toml", [("fields.toml: shade.kind: ", "did you mean 'choice'?")]),
    ],
)
def test_every_mistake_of_a_file_is_one_line_with_file_place_and_what_was_meant(
    folder: Path, file: str, reported: list[tuple[str, str]]
) -> None:
    done = run("check", folder / file)

    lines = done.output.splitlines()
    assert done.exit_code == 1
    assert len(lines) == len(reported), lines
    for line, (place, meant) in zip(sorted(lines), sorted(reported), strict=True):
        assert place in line
        assert meant in line


def test_a_sheet_is_looked_at_with_the_lists_and_fields_of_its_own_folder(folder: Path) -> None:
    (folder / "lists.toml").write_text('[shades]\ntitle = { zh = "色", en = "Shade" }\nvalues = []\n', "utf-8")

    lines = run("check", folder / "sheets" / "typos.toml").output.splitlines()

    (use,) = lines  # until the field is there, what speaks of fields cannot be judged
    assert "blocks[0].fields[1].use: there is no shared field 'onwer' (did you mean 'owner'?)" in use
    text = (folder / "sheets" / "typos.toml").read_text("utf-8").replace("onwer", "owner")
    (folder / "sheets" / "typos.toml").write_text(text, "utf-8")
    lines = run("check", folder / "sheets" / "typos.toml").output.splitlines()
    for place, meant in (
        ("blocks[0].key", "number"),
        ("blocks[0].fields[0].of", "shades"),
        ("blocks[0].fields[1].by", ""),
        ("blocks[0].rules[0].that", "number"),
    ):
        (line,) = [line for line in lines if place in line]
        assert f"did you mean '{meant}'?" in line or not meant
    assert len(lines) == 4


def test_a_whole_folder_is_looked_at_and_each_mistake_reported_once(folder: Path) -> None:
    done = run("check", folder, folder / "sheets" / "wrong.toml")

    lines = done.output.splitlines()
    assert done.exit_code == 1
    assert len(lines) == len(set(lines))
    assert {line.split(".toml")[0].rpartition("/")[2] for line in lines} >= {"wrong", "painting", "lists", "fields"}


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "没有错误：检查了 4 个文件。"), ("en", "No mistakes: checked 4 files.")]
)
def test_a_folder_without_mistakes_is_reported_in_a_friendly_line(lang: str, said: str) -> None:
    done = run("check", STORES, "--lang", lang)

    assert (done.exit_code, done.output) == (0, f"{said}\n")


def test_a_file_that_is_not_there_and_a_folder_without_definitions_are_named(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "no.toml", "does not exist"), (tmp_path, "contains no templates")):
        done = run("check", path)
        assert done.exit_code == 2
        assert said in done.output
