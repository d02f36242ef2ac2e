"""Kind `person`: exactly one named person."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date, time, timedelta
from typing import ClassVar, Literal

from xlsflow.cells import Scalar
from xlsflow.findings import Problem
from xlsflow.template.kinds.base import BLANKS, NOTHING, Align, EntryRule, FieldBase, Reading, Scope, as_text
from xlsflow.template.kinds.choices import labels_of
from xlsflow.template.lists import ChoiceList, folded
from xlsflow.words import Lang, Words

_HAN = "\u3400-\u9fff"
_BETWEEN = re.compile(
    r"[、，,;；/\\|\n&+]+"
    rf"|(?<=[{_HAN}]{{2}})(?:和|及|与)(?=[{_HAN}]{{2}})"  # 李明和王芳, but not 张和平
    r"|(?i:\s+and\s+)"
    rf"|(?<=[{_HAN}]{{2}})\s+(?=[{_HAN}]{{2}})"  # 李明 王芳, but neither 李 明 nor Li Ming
)
_INNER_BLANK = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_DOT = re.compile(rf"(?<=[{_HAN}])\s*[·•‧∙・.]\s*(?=[{_HAN}])")
_REMARK = re.compile(r"(.+?)\s*\(([^()]*)\)")
_ACTING = frozenset(("代", "代理", "暂代", "兼", "兼任", "临时", "牵头", "主", "acting", "lead", "interim", "tbc"))
"""What people add in brackets behind a name without meaning someone else."""
_UNIT = re.compile(
    r"(各|所有|相关|有关|全体|全部|全员|双方|大家).*"
    r"|.*(大区|区域|片区|部门|事业部|中心|团队|小组|项目组|公司|办事处|总部|负责人|人员|同事|领导)"
    rf"|[{_HAN}]+[区部]"  # no given name ends so; 处, 科 and 组 do, and count from three characters on
    rf"|[{_HAN}]{{2,}}[处科组]"
    r"|(?i:(all|everyone|everybody)|.*\b(team|dept\.?|department|region|office|group))",
    re.DOTALL,  # case is ignored for letters alone: over a range of Han, compiling would take ten times as long
)
_UNIT_END = re.compile(r"(大区|区域|片区|区|部门|部|各区|\s*(team|dept\.?|department|region|office))$", re.IGNORECASE)
_NOBODY = NOTHING | {
    "待定",
    "未定",
    "暂定",
    "待确认",
    "待确定",
    "待安排",
    "待分配",
    "同上",
    "不详",
    "某某",
    "tbd",
    "tba",
    "tbc",
    "xx",
    "xxx",
}
LONGEST = 40
"""Characters of a long name; what is longer is a sentence."""


class PersonField(FieldBase):
    """One person by name: a region or department is no owner, several names are refused, a newcomer is only warned of.

    Attributes:
        of: Name of the list of people.
        never: Name of a list none of whose values is a person (regions and departments).
        by: Field of the same row that holds the person's region; the dropdown then offers that region's people.
    """

    usual_width: ClassVar[float] = 10.0
    align: ClassVar[Align] = "center"
    called: ClassVar[Words] = Words("一个人", "one person")

    kind: Literal["person"] = "person"
    of: str
    never: str = ""
    by: str = ""

    def room(self, lang: Lang) -> float:
        """Return the width; names in letters are longer."""
        return self.width or (self.usual_width if lang == "zh" else self.usual_width + 3)

    def list_name(self) -> str:
        """Return the list of people."""
        return self.of

    def refused_list(self) -> str:
        """Return the list of units."""
        return self.never

    @property
    def parting(self) -> tuple[str, ...]:
        """Signs that stand between two people; a comma also stands behind a surname."""
        return "、", "，", "；", ";", "/", "\\", "|", "&"

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or that one person is wanted."""
        return super().sentence(lang, scope) or PERSON_HELP.say(lang)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the dropdown of people, which only warns: new colleagues exist."""
        return EntryRule("list", of=self.of, by=self.by, stop=False)

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the person's name as the project has it."""
        if isinstance(raw, date | time | timedelta | float | int):
            return self.problem("nobody_named")
        typed = as_text(raw)
        text = _name(typed)
        people = scope.lists[self.of]
        if code := _known(text, people, scope.lists.get(self.never)):
            return Reading(code) if people.is_label(typed) else self.fixed(code, labels_of(people, code), typed)
        if folded(text) in _NOBODY or not any(c.isalpha() for c in text):
            return self.problem("nobody_named")
        if len(text) > LONGEST or self._is_unit(text, scope):
            return self.problem("not_a_person")
        several = [part.strip(BLANKS) for part in _BETWEEN.split(text) if part.strip(BLANKS)]
        if len(several) > 1:
            if all(self._is_unit(part, scope) for part in several):
                return self.problem("not_a_person")
            return self.problem("several_people", count=str(len(several)))
        name = _INNER_BLANK.sub("", text)
        return Reading(name, Problem("unknown_person", {"nearest": people.nearest(name)}))

    def _is_unit(self, text: str, scope: Scope) -> bool:
        """Return whether a text names a region or department, with or without a word such as 区 or 部 behind."""
        units = scope.lists.get(self.never)
        if units and (units.code_of(text) or units.code_of(_UNIT_END.sub("", text) or text)):
            return True
        return bool(_UNIT.fullmatch(text))

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the name as the language writes it."""
        return None if value is None else scope.lists[self.of].label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return someone of the project."""
        return rng.choice([c.code for c in scope.lists[self.of].values])


def _name(typed: str) -> str:
    """Return a name in half width, with the one dot that names bear; a stray separator around it is no part of it."""
    return _DOT.sub("·", unicodedata.normalize("NFKC", typed)).strip(BLANKS + "、，,;；。")


def _known(text: str, people: ChoiceList, units: ChoiceList | None) -> str | None:
    """Return the listed person that a text names: as listed, surname first (`Li, Ming`), or a remark behind."""
    if code := people.code_of(text):
        return code
    surname, comma, given = text.partition(",")
    if comma and text.isascii() and (code := people.code_of(f"{given} {surname}") or people.code_of(surname + given)):
        return code
    remark = _REMARK.fullmatch(text)
    code = people.code_of(remark[1]) if remark else None
    if not remark or not code:
        return None
    said = folded(remark[2])
    own = units.code_of(_UNIT_END.sub("", remark[2]) or remark[2]) if units else None
    same_person = (
        said in _ACTING or not any(c.isalpha() for c in said) or (own is not None and own == people.group_of(code))
    )
    return code if same_person else None


PERSON_HELP = Words(
    "请填一个具体的人的姓名，不能填区域、部门或多个人。",
    "One person by name; not a region, a department or several people.",
)
