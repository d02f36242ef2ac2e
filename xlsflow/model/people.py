"""The people of a project: who can be named as an owner, and how two of one name are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.model.project_lists import choice_list
from xlsflow.template.lists import ChoiceList, PersonChoice, fold_text


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be named as an owner."""

    name: str = ""
    name_en: str = ""
    region: str = ""
    department: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""


def told_apart(people: Sequence[Person], units: Mapping[str, LocalizedText]) -> tuple[Person, ...]:
    """Return the people, those of one name with their region behind it: 李明（华东）, else their department, else both.

    Args:
        people: The people as the project lists them.
        units: Name or code of a region or department -> its name in both languages.
    """
    known = {fold_text(text): label for text, label in units.items()}
    owners: dict[str, set[int]] = {}
    for number, person in enumerate(people):
        for text in (person.name, person.name_en):
            owners.setdefault(fold_text(text), set()).add(number)
    remarks: dict[tuple[int, str], LocalizedText] = {}
    for text, numbers in owners.items():
        if text and len(numbers) > 1:
            found = _remarks([people[number] for number in sorted(numbers)], known)
            remarks |= {(number, text): remark for number, remark in zip(sorted(numbers), found, strict=False)}
    return tuple(
        replace(
            person,
            name=_with_remark(person.name, remarks.get((number, fold_text(person.name))), "zh"),
            name_en=_with_remark(person.name_en, remarks.get((number, fold_text(person.name_en))), "en"),
        )
        for number, person in enumerate(people)
    )


def _remarks(namesakes: Sequence[Person], units: Mapping[str, LocalizedText]) -> Sequence[LocalizedText]:
    """Return what is written behind the name of each of several people of one name; nothing if it tells none apart."""
    by_region, by_department = [one.region for one in namesakes], [one.department for one in namesakes]
    for parts in ([by_region], [by_department], [by_region, by_department]):
        placed = [tuple(fold_text(text) for text in texts) for texts in zip(*parts, strict=True)]
        if len({*placed}) == len(namesakes) and all(map(all, placed)):
            named = zip(*parts, strict=True)
            return [_joined([units.get(fold_text(text)) or untranslated(text) for text in texts]) for texts in named]
    return []


def _joined(labels: Sequence[LocalizedText]) -> LocalizedText:
    return LocalizedText("".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def _with_remark(name: str, remark: LocalizedText | None, lang: Lang) -> str:
    if remark is None:
        return name
    return f"{name}（{remark.zh}）" if lang == "zh" else f"{name} ({remark.en})"


def people_list(
    name: str, people: Sequence[Person], regions: Mapping[str, str], departments: Mapping[str, str]
) -> ChoiceList:
    """Return the people, who are also known by their English name in either order and by their e-mail address.

    Args:
        name: Name of the list.
        people: The people, no two of one name.
        regions: Name of a region, as it is compared -> its code.
        departments: Name of a department, as it is compared -> its code.
    """
    listed = choice_list(
        name,
        ((p.name, p.name, p.name_en, regions.get(fold_text(p.region), "")) for p in people),
        (),
        # An owner may be somebody whom the project does not list: the value is kept, with a finding.
        open_=True,
    )
    emails = Counter(person.email.strip().casefold() for person in people)
    taken = Counter(fold_text(text) for person in people for text in (person.name, *name_orders(person.name_en)))
    values = []
    for choice, person in zip(listed.values, people, strict=True):
        email = person.email.strip().casefold()
        # Family name first is understood too, unless somebody else is called so: Wei Li and Li Wei may be two people.
        orders = tuple(text for text in name_orders(person.name_en)[1:] if taken[fold_text(text)] == 1)
        values.append(
            PersonChoice(
                code=choice.code,
                label=choice.label,
                synonyms=orders,
                group=choice.group,
                department=departments.get(fold_text(person.department), ""),
                # An address that several people share names none of them.
                email=email if emails[email] == 1 else "",
            )
        )
    return ChoiceList(name=listed.name, title=listed.title, values=tuple(values), open=True)


def name_orders(name_en: str) -> tuple[str, ...]:
    """Return an English name of two words in both orders, another one as it is."""
    words = name_en.split()
    both = (name_en, f"{words[1]} {words[0]}") if len(words) == 2 else (name_en,)  # noqa: PLR2004 - given and family name
    return tuple({fold_text(text): text for text in both if text}.values()) or ("",)
