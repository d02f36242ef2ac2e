"""Makes choice lists of what a project names: regions, departments, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.template.lists import Choice, ChoiceList, fold_text

_NamedRow = tuple[str, str, str, str]
"""Code, Chinese name, English name, group."""


def choice_list(
    name: str,
    rows: Iterable[_NamedRow],
    suffixes: tuple[str, ...],
    *,
    open_: bool = False,
    was: Mapping[str, tuple[str, ...]] | None = None,
) -> ChoiceList:
    """Return a list of rows, each also known with a suffix behind its Chinese name.

    Args:
        name: Name of the list.
        rows: Code, names and group of each value.
        suffixes: What people write behind a Chinese name.
        open_: Whether values outside the list are accepted.
        was: Code -> former names.
    """
    listed, former = list(rows), was or {}
    taken = {fold_text(text) for code, zh, en, _ in listed for text in (zh, en, *former.get(code, ())) if text}
    values: list[Choice] = []
    for code, zh, en, group in listed:
        synonyms = tuple(zh + s for s in suffixes if fold_text(zh + s) not in taken and not zh.endswith(s))
        taken.update(map(fold_text, synonyms))
        label = LocalizedText(zh, en or zh)
        values.append(Choice(code=code, label=label, group=group, synonyms=synonyms, was=former.get(code, ())))
    return ChoiceList(name=name, title=untranslated(name), values=tuple(values), open=open_)


def joined_list(name: str, *lists: ChoiceList) -> ChoiceList:
    """Return several lists as one; a label that is in several of them is kept once, from the first."""
    seen: set[str] = set()
    values: list[Choice] = []
    for choices in lists:
        for choice in choices.values:
            words = {fold_text(text) for text in (choice.code, *choice.label.both())}
            if not seen & words:
                more = {
                    part: tuple(text for text in texts if fold_text(text) not in seen)
                    for part, texts in (("synonyms", choice.synonyms), ("was", choice.was))
                }
                values.append(choice.model_copy(update=more))
                seen |= words | {fold_text(text) for texts in more.values() for text in texts}
    return ChoiceList(name=name, title=untranslated(name), values=tuple(values))
