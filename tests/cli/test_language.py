"""Which language the command line uses, and that each language is used throughout."""

from __future__ import annotations

import locale
import re

import click
import pytest
from click.testing import CliRunner

from tests.helpers.documents import run
from xlsflow.cli import main
from xlsflow.cli.common import default_lang

VARIABLES = ("XLSFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
ENGLISH_OF_CLICK = (
    "Usage",
    "Options",
    "Commands",
    "Show th",
    "required",
    "default",
    "OPTIONS",
    "COMMAND",
    "Error",
    "Try ",
)
COMMANDS = [
    [],
    *([name] for name in main.commands),
    *(["templates", name] for name in ("list", "show", "check", "schema")),
]


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": ""}, "zh"),
        ({}, "zh"),
        ({"XLSFLOW_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"XLSFLOW_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
    ],
)
def test_the_first_variable_that_is_set_decides(
    variables: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(locale, "setlocale", lambda _category: "C.UTF-8")

    assert default_lang() == lang


@pytest.mark.parametrize(
    ("named", "lang"),
    [("Chinese (Simplified)_China.936", "zh"), ("zh-CN", "zh"), ("English_United States.1252", "en"), ("de-DE", "en")],
)
def test_without_a_variable_the_locale_of_windows_decides(
    named: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(locale, "setlocale", lambda _category: named)

    assert default_lang() == lang


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_chinese_help_page_is_chinese_throughout(words: list[str]) -> None:
    page = run(*words, "--help", lang="zh").stdout

    assert page.startswith("用法：")
    assert "选项：" in page
    assert "显示本说明。" in page
    assert not [english for english in ENGLISH_OF_CLICK if english in page]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_english_help_page_is_english_and_no_line_of_it_is_cut(words: list[str]) -> None:
    page = run(*words, "--help", lang="en").stdout

    assert page.startswith("Usage: ")
    assert not re.search("[\u4e00-\u9fff]", page)
    assert "..." not in page.replace("]...", "").replace("PATH...", "")


def test_no_line_of_the_chinese_list_of_commands_is_cut() -> None:
    page = run("--help", lang="zh").stdout

    assert "..." not in page.partition("命令：")[2]


def test_the_help_says_which_language_is_used() -> None:
    assert "XLSFLOW_LANG" in run("--help", lang="zh").stdout
    assert "XLSFLOW_LANG" in run("merge", "--help", lang="en").stdout


def test_a_required_option_and_a_default_are_reported_in_chinese() -> None:
    assert "[必填]" in run("print", "--help", lang="zh").stdout
    assert "[默认: text]" in run("merge", "--help", lang="zh").stdout


def test_a_group_without_a_command_shows_its_help() -> None:
    done = CliRunner().invoke(main, ["templates"], env={"XLSFLOW_LANG": "zh"})

    assert isinstance(main, click.Group)
    assert "list" in done.output
