"""Kind `person`: exactly one named person."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date
from typing import ClassVar, Literal

from xlsflow.cells import Scalar
from xlsflow.findings import Problem
from xlsflow.template.kinds.base import BLANKS, Align, EntryRule, FieldBase, Reading, Scope, as_text
from xlsflow.template.kinds.choices import labels_of
from xlsflow.words import Lang, Words

_BETWEEN = re.compile(r"[、，,;；/\n&＆+]+|(?<=[\u4e00-\u9fff])(?:和|及|与)(?=[\u4e00-\u9fff])|\s+and\s+|(?<=[\u4e00-\u9fff]{2})\s+(?=[\u4e00-\u9fff]{2})", re.I)
_UNIT_END = re.compile(r"(大区|区域|片区|区|部门|部|处|科|中心|团队|小组|组|公司|分公司|办事处|各区|全体|all|team|dept\.?|department|region|office)$", re.I)


class PersonField(FieldBase):
    """One person by name: a region or department is no owner, several names are refused, a newcomer is only warned of.

    Attributes:
        of: Name of the list of people.
        never: Name of a list none of whose values is a person (regions and departments).
        by: Field of the same row that holds the person's region; the dropdown then offers that region's people.
    """

    usual_width: ClassVar[float] = 10.0
    align: ClassVar[Align] = "center"

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

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or that one person is wanted."""
        return super().sentence(lang, scope) or PERSON_HELP.say(lang)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the dropdown of people, which only warns: new colleagues exist."""
        return EntryRule("list", of=self.of, by=self.by, stop=False)

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the person's name as the project has it."""
        if isinstance(raw, date | float | int | bool):
            return self.problem("not_a_person")
        text = unicodedata.normalize("NFKC", as_text(raw)).strip(BLANKS)
        people = scope.lists[self.of]
        if code := people.code_of(text):
            return Reading(code) if people.is_label(text) else self.fixed(code, labels_of(people, code))
        if self._is_unit(text, scope):
            return self.problem("not_a_person")
        several = [part for part in _BETWEEN.split(text) if part.strip(BLANKS)]
        if len(several) > 1:
            if all(self._is_unit(part.strip(BLANKS), scope) for part in several):
                return self.problem("not_a_person")
            return self.problem("several_people", count=str(len(several)))
        if not any(c.isalpha() for c in text):
            return self.problem("not_a_person")
        return Reading(text, Problem("unknown_person", {"nearest": people.nearest(text)}))

    def _is_unit(self, text: str, scope: Scope) -> bool:
        """Return whether a text names a region or department, with or without a word such as 区 or 部 behind."""
        units = scope.lists.get(self.never)
        if units and (units.code_of(text) or units.code_of(_UNIT_END.sub("", text) or text)):
            return True
        return bool(_UNIT_END.search(text))

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the name as the language writes it."""
        return None if value is None else scope.lists[self.of].label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return someone of the project."""
        return rng.choice([c.code for c in scope.lists[self.of].values])


PERSON_HELP = Words("请填一个具体的人的姓名，不能填区域、部门或多个人。", "One person by name; not a region, a department or several people.")

