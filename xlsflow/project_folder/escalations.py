"""Letters of the report's ladder: what is overdue for long goes to the head, the coordinator, or the superior."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.model.project import Region
from xlsflow.post.letter_texts import letter_text
from xlsflow.post.letters import Letter, Mailbox, mailbox, parsed_mailbox
from xlsflow.post.recipients import address_of, contact_of, person_in

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project
    from xlsflow.project_folder.folder import ProjectFolder
    from xlsflow.project_folder.merged_round import MergedRound
    from xlsflow.reports.follow_up.escalation import Reminder


def escalation_letters(
    folder: ProjectFolder, merged: MergedRound, now: datetime
) -> Iterator[tuple[Region, Letter | None]]:
    """Yield whom the ladder of the report asks above the owners, each with a letter, or none without an address.

    Whoever stands for no region is yielded as one of an empty code, with the person's name.

    Args:
        folder: The project folder.
        merged: The round as it stands.
        now: The present: nobody is told twice on one day.
    """
    from xlsflow.reports.figures.status_counts import items_with_flags
    from xlsflow.reports.follow_up.escalation import reminders

    project = folder.project
    for reminder in reminders(merged.inputs, items_with_flags(merged.inputs), ()):
        if reminder.rung == "owner":
            continue
        known = project.region(reminder.region) if project.has_region(reminder.region) else None
        lang = known.language if known else project.project.language
        about = known or replace(
            Region(), name=reminder.person, name_en=person_in(project, reminder.person, "en"), language=lang,
            time_zone=project.project.time_zone,
        )  # fmt: skip
        to = parsed_mailbox(reminder.address) or parsed_mailbox(address_of(project, reminder.person))
        named = mailbox(person_in(project, reminder.person, lang), to.address) if to else None
        yield about, _letter(folder, merged, reminder, (about, named), now) if named else None


def _letter(
    folder: ProjectFolder, merged: MergedRound, reminder: Reminder, whom: tuple[Region, Mailbox], now: datetime
) -> Letter:
    from xlsflow.reports.follow_up.reminders_listing import reminder_text
    from xlsflow.reports.labels import Labels

    project, (about, to) = folder.project, whom
    lang = about.language
    facts = _facts(project, about, to, lang) | {"text": reminder_text(Labels(merged.inputs, lang), reminder)}
    subject, body = letter_text(folder.letter_texts, "escalation", lang).filled(facts)
    copies = tuple(filter(None, (contact_of(project, about),))) if about.code else ()
    day = f"{now.astimezone(about.zone):%Y-%m-%d}"
    return Letter(
        f"{about.code or 'ALL'}/escalation/{reminder.rung}-{to.address}/{day}".replace("@", "-at-"), to,
        tuple(copy for copy in copies if copy.address.casefold() != to.address.casefold()), subject, body,
    )  # fmt: skip


def _facts(project: Project, about: Region, to: Mailbox, lang: Lang) -> dict[str, str]:
    facts, round_ = project.project, project.round
    everywhere = LocalizedText("各区域", "all regions")
    return {
        "contact": to.name,
        "region": about.label.say(lang) if about.code else everywhere.say(lang),
        "project": facts.name if lang == "zh" else facts.name_en or facts.name,
        "round": (round_.title if lang == "zh" or round_.title.isascii() else "") or round_.id,
        "coordinator": person_in(project, facts.coordinator, lang),
        "coordinator_address": facts.coordinator_contact,
    }
