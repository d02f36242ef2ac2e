"""Kind `person`: the name of exactly one person.

Most of this module recognises cells that look like a name but are not: regions, departments, posts, several people,
"to be decided". The rules are heuristics; tests/template/test_kinds_choices_and_people.py lists what they must decide.
"""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date, time, timedelta
from typing import ClassVar, Literal

from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import Lang, LocalizedText, enumerated
from xlsflow.template.kinds.choices import code_labels
from xlsflow.template.kinds.field import BLANK_WORDS, WHITESPACE, Alignment, EntryRule, FieldBase, Reading, Scope
from xlsflow.template.kinds.parsing.person_titles import (
    COMPOUND_SURNAMES,
    HAN_RANGE,
    POST_PATTERN,
    VAGUE_NAME,
    candidate_names,
    parse_and_others,
    strip_titles,
)
from xlsflow.template.lists import ChoiceList, fold_text

_NAME_SEPARATOR = re.compile(
    r"[、，,;；/\\|\n&+]+"
    rf"|(?<=[{HAN_RANGE}]{{2}})(?:以及|和|及|与|或)(?=[{HAN_RANGE}]{{2}})"  # 李明和王芳, but not 张和平
    r"|(?i:\s+(?:and|or)\s+)"
    # 李明 王芳, but not 欧阳 娜娜
    rf"|(?<=[{HAN_RANGE}]{{2}})(?<!{COMPOUND_SURNAMES.replace('|', ')(?<!')})\s+(?=[{HAN_RANGE}]{{2}})"
)
_INNER_BLANK = re.compile(rf"(?<=[{HAN_RANGE}])\s+(?=[{HAN_RANGE}])")
_DOT = re.compile(rf"(?<=[{HAN_RANGE}])\s*[·•‧∙・.]\s*(?=[{HAN_RANGE}])")
_HAN = re.compile(f"[{HAN_RANGE}]")
_REMARK = re.compile(r"(.+?)\s*[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_EMAIL = re.compile(r"(?:mailto:)?([a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_AROUND_EMAIL = WHITESPACE + "<>()[]/,;:|、，；：-"
_STAFF_NUMBER = re.compile(r"(?:工号|员工号|编号|staff|id|no\.?|#)?[\s:.#]*[a-z]{0,4}-?\d{2,}", re.IGNORECASE)
# Remarks in brackets behind a name that leave the person the same.
_ACTING_REMARKS = frozenset(
    ("代", "代理", "暂代", "兼", "兼任", "临时", "牵头", "主", "acting", "lead", "interim", "tbc")
)
_UNIT_NAME = re.compile(
    r"(各|所有|相关|有关|全体|全部|全员|双方|大家).*"
    r"|.*(大区|区域|片区|部门|事业部|中心|团队|小组|项目组|公司|办事处|总部|办公室|总经办|负责人|人员|同事|领导)"
    r"|法务|人事|行政|采购|研发|财务|市场|销售|运营|质检"
    rf"|[{HAN_RANGE}]+[区部]"  # given names end in 处, 科 or 组, but not in these
    rf"|[{HAN_RANGE}]{{2,}}[处科组]"
    r"|(?i:(all|everyone|everybody)|.*\b(team|dept\.?|department|region|office|group))",
    re.DOTALL,  # IGNORECASE only where needed: with a range of Han characters it makes compiling ten times slower
)
_UNIT_SUFFIX = re.compile(
    r"(大区|区域|片区|区|部门|部|各区|\s*(team|dept\.?|department|region|office))$", re.IGNORECASE
)
# Folded texts that say that nobody is named yet, or that refer to a name elsewhere.
_NO_NAME_WORDS = BLANK_WORDS | frozenset(
    (
        "待定", "未定", "暂定", "待确认", "待确定", "待安排", "待分配", "待招", "待补", "待补充", "后补",
        "招聘中", "空缺", "暂缺", "缺编", "同上", "同前", "见上", "见下", "见名单", "见附表", "另附", "如上",
        "不详", "未知", "不明", "某某", "某人", "本人", "自己", "我们", "见附件", "tbd", "tba", "tbc", "xx",
        "xxx", "x", "me", "myself", "nobody", "vacant",
    )
)  # fmt: skip
_SEVERAL = LocalizedText("几", "several")
# Maximum number of characters of a name; a longer text is a sentence.
_MAX_NAME_LENGTH = 40


class PersonField(FieldBase):
    """The name of one person: regions, departments and several names are errors, an unlisted name is a warning.

    Attributes:
        of: Name of the list of people.
        never: Name of a list whose values are not people (regions and departments).
        by: Field of the same row with the person's region; the dropdown then offers only that region's people.
    """

    default_width: ClassVar[float] = 10.0
    align: ClassVar[Alignment] = "center"
    kind_label: ClassVar[LocalizedText] = LocalizedText("一个人", "one person")

    kind: Literal["person"] = "person"
    of: str
    never: str = ""
    by: str = ""

    def column_width(self, lang: Lang) -> float:
        """Return the column width; names in Latin letters are longer."""
        return self.width or (self.default_width if lang == "zh" else self.default_width + 3)

    def list_name(self) -> str:
        """Return the name of the list of people."""
        return self.of

    def excluded_list(self) -> str:
        """Return the name of the list of regions and departments."""
        return self.never

    @property
    def names_a_person(self) -> bool:
        """True."""
        return True

    @property
    def separators(self) -> tuple[str, ...]:
        """Characters between two people. The half-width comma is not one: it also separates surname and given name."""
        return "、", "，", "；", ";", "/", "\\", "|", "&"

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the author's help text, or that of the kind."""
        return super().help_text(lang, scope) or _PERSON_HELP.say(lang)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return a dropdown of people, which only warns because new colleagues are not in the list yet."""
        return EntryRule("list", of=self.of, by=self.by, stop=False)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the code of a listed person, else the name with a warning, else the reason why it is not a name."""
        # A number is somebody's staff number at best, which the project workbook does not know.
        if isinstance(raw, date | time | timedelta | float | int):
            return self.unreadable("nobody_named")
        typed = display_text(raw)
        text = _normalised_name(typed)
        people, units = scope.lists[self.of], scope.lists.get(self.never)
        code = _person_by_email(text, people, units)
        if code := code or _listed_person(text, people, units) or _person_with_extras(text, people, units):
            return Reading(code) if people.is_label(typed) else self.corrected(code, code_labels(people, code), typed)
        # Two people of one name: to choose one of them would give work to the wrong person.
        if len(namesakes := people.codes_of_bare_name(text)) > 1:
            both = (code_labels(people, code) for code in namesakes)
            return self.unreadable("which_person", names=enumerated(both))
        return self._rejection(text, scope) or self._unlisted_person(text, people)

    def _rejection(self, text: str, scope: Scope) -> Reading | None:
        """Return why a text is not the name of one person, None if it may be one."""
        if fold_text(text) in _NO_NAME_WORDS or not any(character.isalpha() for character in text):
            return self.unreadable("nobody_named")
        if len(text) > _MAX_NAME_LENGTH or self._is_unit(text, scope):
            return self.unreadable("not_a_person")
        if VAGUE_NAME.fullmatch(text):
            return self.unreadable("nobody_named")
        if others := parse_and_others(text):
            return self.unreadable("several_people", count=others[1] or _SEVERAL)
        parts = [part.strip(WHITESPACE) for part in _NAME_SEPARATOR.split(text) if part.strip(WHITESPACE)]
        if len(parts) > 1:
            # 华东/市场部 is one wrong kind of answer, not two people.
            if all(self._is_unit(part, scope) for part in parts):
                return self.unreadable("not_a_person")
            return self.unreadable("several_people", count=str(len(parts)))
        if (count := _count_people(text, scope.lists[self.of])) > 1:
            return self.unreadable("several_people", count=str(count))
        return None

    def _unlisted_person(self, text: str, people: ChoiceList) -> Reading:
        """Return the name of a person who is not in the list, with a warning."""
        name = _INNER_BLANK.sub("", strip_titles(text))
        if not people.values:  # the project has no list of people, so nothing is unusual about the name
            return Reading(name)
        return Reading(name, Diagnostic("unknown_person", {"nearest": people.nearest(name)}))

    def _is_unit(self, text: str, scope: Scope) -> bool:
        """Return whether a text names a region, department or post, with or without a suffix such as 区 or 部."""
        units = scope.lists.get(self.never)
        if units and (units.find_code(text) or units.find_code(_UNIT_SUFFIX.sub("", text) or text)):
            return True
        return bool(_UNIT_NAME.fullmatch(text) or POST_PATTERN.fullmatch(text))

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the name in the language of the sheet."""
        return None if value is None else scope.lists[self.of].label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return a person of the project."""
        return rng.choice([choice.code for choice in scope.lists[self.of].values])


def _normalised_name(typed: str) -> str:
    """Return a name in half width, with `·` for any dot inside it and without separators around it."""
    return _DOT.sub("·", unicodedata.normalize("NFKC", typed)).strip(WHITESPACE + "、，,;；。").lstrip("@")


def _person_by_email(text: str, people: ChoiceList, units: ChoiceList | None) -> str | None:
    """Return the code of a listed person from an e-mail address, or from an address and a name that agree."""
    found = _EMAIL.findall(text)
    if len(found) != 1:
        return None
    code = people.code_of_email(found[0])
    name = _EMAIL.sub(" ", text).strip(_AROUND_EMAIL + "\"'")
    if not name:
        return code
    named = _listed_person(name, people, units) or _person_with_extras(name, people, units)
    if code in people.codes_of_bare_name(name):
        return code
    # A name and an address of two people have two readings.
    return named if code in {None, named} else None


def _listed_person(text: str, people: ChoiceList, units: ChoiceList | None) -> str | None:
    """Return the code of a listed person, also with the surname first (`Li, Ming`) or a remark behind the name."""
    if code := people.code_of(text):
        return code
    surname, comma, given = text.partition(",")
    if comma and not _HAN.search(text):
        orders = {people.code_of(f"{given} {surname}"), people.code_of(surname + given)} - {None}
        # Chen, Li is neither Chen Li nor Li Chen where the project has both.
        if len(orders) == 1:
            return orders.pop()
    if code := _bilingual_name(text, people):
        return code
    namesakes = people.codes_of_bare_name(text)
    if len(namesakes) == 1:
        return namesakes[0]
    remark = _REMARK.fullmatch(text)
    if remark is None:
        return None
    code = people.code_of(remark[1])
    if code is None:
        return _namesake(remark[1], remark[2], people, units)
    folded = fold_text(remark[2])
    unit = units.code_of(_UNIT_SUFFIX.sub("", remark[2]) or remark[2]) if units else None
    is_same_person = (
        folded in _ACTING_REMARKS
        or not any(character.isalpha() for character in folded)
        or bool(_STAFF_NUMBER.fullmatch(remark[2].strip()))
        or (unit is not None and unit in {people.group_of(code), people.department_of(code)})
    )
    return code if is_same_person else None


def _namesake(name: str, unit: str, people: ChoiceList, units: ChoiceList | None) -> str | None:
    """Return the code of the only person of a name in a region or department, where the list tells namesakes apart."""
    known = units.code_of(_UNIT_SUFFIX.sub("", unit) or unit) if units else None
    if known is None:
        return None
    codes = people.codes_of_bare_name(name)
    found = [code for code in codes if known in {people.group_of(code), people.department_of(code)}]
    return found[0] if len(found) == 1 else None


def _bilingual_name(text: str, people: ChoiceList) -> str | None:
    """Return the code of a listed person whose name is typed in both languages: `李明 Li Ming`, `Li Ming（李明）`."""
    typed = fold_text(text)
    for choice in people.values:
        zh, en = (fold_text(name) for name in choice.label.both())
        # A name that is equal in both languages cannot be typed twice, and was found by the list itself.
        if zh == en or zh not in typed or en not in typed:
            continue
        if not typed.replace(max(zh, en, key=len), "").replace(min(zh, en, key=len), "").strip(_UNIT_SEPARATORS):
            return choice.code
    return None


def _person_with_extras(text: str, people: ChoiceList, units: ChoiceList | None) -> str | None:
    """Return the code of a listed person from a text with a post, a telephone number or the person's region."""
    if units and (code := _person_with_region(text, people, units)):
        return code
    for name in candidate_names(_INNER_BLANK.sub("", text)):
        if code := _listed_person(name, people, units):
            return code
        if units and (code := _person_with_region(name, people, units)):
            return code
    return None


def _person_with_region(text: str, people: ChoiceList, units: ChoiceList) -> str | None:
    """Return the code of a listed person from a text such as 华东-李明 or 李明/市场部, if the unit is the person's."""
    for choice in people.values:
        for name in choice.label.both():
            before, match, after = text.partition(name)
            unit = (before + after).strip(_UNIT_SEPARATORS)
            if not match or (before.strip(_UNIT_SEPARATORS) and after.strip(_UNIT_SEPARATORS)) or not unit:
                continue
            known = units.find_code(_UNIT_SUFFIX.sub("", unit) or unit)
            if known and known in {choice.group, people.department_of(choice.code)}:
                return choice.code
    parts = [part for part in re.split(f"[{re.escape(_UNIT_SEPARATORS)}]+", text) if part]
    if len(parts) == 2:  # noqa: PLR2004 - a name and a unit
        return _namesake(parts[0], parts[1], people, units) or _namesake(parts[1], parts[0], people, units)
    return None


def _count_people(text: str, people: ChoiceList) -> int:
    """Return how many listed people a text names; longest names are matched first, so 李明华 is not also 李明."""
    text = _INNER_BLANK.sub("", text)
    names = sorted({label for choice in people.values for label in choice.label.both()}, key=len, reverse=True)
    count = 0
    for name in names:
        if len(name) > 1 and name in text:
            count += 1
            text = text.replace(name, "\0")
    return count


_UNIT_SEPARATORS = WHITESPACE + "-/:：、，,()"
_PERSON_HELP = LocalizedText(
    "请填一个具体的人的姓名，不能填区域、部门或多个人。",
    "One person by name; not a region, a department or several people.",
)
