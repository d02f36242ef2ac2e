"""Choice lists: one code for every spelling of a value, and never two codes for one text."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.template.lists import Choice, ChoiceList, fold_text


def listed(*choices: Choice) -> ChoiceList:
    return ChoiceList(name="l", title=untranslated("l"), values=choices)


def choice(code: str, zh: str, en: str = "", *synonyms: str, offered: bool = True) -> Choice:
    return Choice(code=code, label=LocalizedText(zh, en or zh), synonyms=synonyms, offered=offered)


STATES = listed(
    choice("open", "待响应", "Awaiting", "未响应"),
    choice("done", "已完成", "Done", "完成"),
    choice("old", "作废", "Void", offered=False),
)


@pytest.mark.parametrize(
    "text",
    [
        "已完成",
        "Done",
        "完成",
        "done",
        "DONE",
        " 已 完成 ",
        "　已完成",
        "已\n完成",
        "已完成\u200b",
        "Ｄｏｎｅ",
        "ｄｏｎｅ",
    ],
)
def test_every_way_of_writing_a_value_gives_its_code(text: str) -> None:
    assert STATES.code_of(text) == "done"


@pytest.mark.parametrize("text", ["", " ", "已完", "don", "完成了", "已完成。"])
def test_what_is_no_value_gives_none(text: str) -> None:
    assert STATES.code_of(text) is None


def test_names_that_are_alike_in_both_languages_work() -> None:
    people = listed(choice("Li Ming", "Li Ming"), choice("王芳", "王芳"))

    assert people.code_of("li ming") == "Li Ming"
    assert people.labels("zh") == people.labels("en") == ("Li Ming", "王芳")


def test_a_label_counts_before_the_code_of_another_value() -> None:
    swapped = listed(choice("A", "乙", "B"), choice("B", "甲", "A"))

    assert [swapped.code_of(text) for text in ("A", "a", "B", "b", "甲", "乙")] == ["B", "B", "A", "A", "B", "A"]


def test_a_synonym_counts_before_the_code_of_another_value() -> None:
    assert listed(choice("x", "甲", "First", "y"), choice("y", "乙", "Second")).code_of("Y") == "x"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ((choice("a", "甲"), choice("a", "乙")), "the code 'a' occurs twice in the list 'l'"),
        ((choice("a", "甲"), choice("b", "甲")), "'甲' stands for both 'a' and 'b' in the list 'l'"),
        ((choice("a", "甲", "X"), choice("b", "乙", "x")), "'x' stands for both 'a' and 'b'"),
        ((choice("a", "甲", "X", "丙"), choice("b", "乙", "Y", "丙 ")), "'丙 ' stands for both 'a' and 'b'"),
        ((choice(" ", "甲"),), "a value of the list 'l' has no code"),
    ],
)
def test_a_text_with_two_readings_is_refused(values: tuple[Choice, ...], why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        listed(*values)
    assert why in str(caught.value)


def test_the_same_text_twice_for_one_value_does_no_harm() -> None:
    assert listed(choice("R", "R", "R", "r", "Ｒ")).code_of("r") == "R"


def test_only_a_label_as_it_is_needs_no_word() -> None:
    assert STATES.is_label("已完成")
    assert STATES.is_label("Done")
    assert not any(map(STATES.is_label, ("done", "完成", "已 完成")))


def test_a_value_that_is_not_offered_is_still_understood() -> None:
    assert STATES.labels("en") == ("Awaiting", "Done")
    assert STATES.code_of("Void") == "old"


def test_an_unlisted_code_shows_as_itself() -> None:
    assert (STATES.label_of("done", "en"), STATES.label_of("weather", "en")) == ("Done", "weather")
    assert (STATES.has("done"), STATES.has("Done")) == (True, False)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("已完成了", LocalizedText("是否应为“已完成”？", "")),
        ("awaitng", LocalizedText("", " Did you mean “Awaiting”?")),
        ("AWAITNG", LocalizedText("", " Did you mean “Awaiting”?")),
        ("weather", LocalizedText("", "")),
    ],
)
def test_the_nearest_label_is_named_in_each_language(typed: str, nearest: LocalizedText) -> None:
    assert STATES.nearest(typed) == nearest


def test_a_name_with_an_apostrophe_is_named_whole() -> None:
    assert listed(choice("o", "O'Brien")).nearest("OBrien") == LocalizedText(
        "是否应为“O'Brien”？", " Did you mean “O'Brien”?"
    )


def test_many_options_are_cut_for_a_sentence() -> None:
    many = listed(*(choice(f"c{n}", f"值{n}", f"v{n}") for n in range(12)))

    assert many.options_text("zh", limit=3) == "值0、值1、值2…"
    assert many.options_text("en", limit=2) == "v0, v1…"
    assert STATES.options_text("en") == "Awaiting, Done"


def test_folding_takes_away_width_case_and_every_blank() -> None:
    assert fold_text("　Ａ b\u00a0\u200bＣ\n") == "abc"
