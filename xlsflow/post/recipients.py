"""Whom a letter of a region goes to and comes from: addresses of the project workbook, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.errors import InputError
from xlsflow.post.letters import Mailbox, mailbox, parsed_mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project, Region


def contact_of(project: Project, region: Region) -> Mailbox | None:
    """Return the mailbox of a region's contact; None where the project has no address that can be used."""
    named = next(_addresses_of(project, region.contact), "")
    return mailbox(person_in(project, region.contact, region.language), region.email or named)


def head_of(project: Project, region: Region) -> Mailbox | None:
    """Return the mailbox of a region's head; None where the project has none, or it is the contact."""
    contact = contact_of(project, region)
    for address in _addresses_of(project, region.head):
        found = mailbox(person_in(project, region.head, region.language), address)
        if found and (contact is None or found.address.casefold() != contact.address.casefold()):
            return found
    return None


def sender_of(project: Project, setting: str) -> Mailbox:
    """Return the mailbox that letters come from: that of the settings, else the coordinator's.

    Raises:
        InputError: There is none.
    """
    facts = project.project
    texts = [setting] if setting.strip() else [facts.coordinator_contact, *_addresses_of(project, facts.coordinator)]
    for text in texts:
        found = parsed_mailbox(text)
        if found:
            return found if found.name else Mailbox(mailbox(facts.coordinator, found.address).name, found.address)  # type: ignore[union-attr]
    raise InputError("no_sender")


def known_addresses(project: Project, region: Region) -> frozenset[str]:
    """Return the addresses of a region's contact, in lower case."""
    addresses = (region.email, *_addresses_of(project, region.contact))
    return frozenset(address.strip().casefold() for address in addresses if address.strip())


def person_in(project: Project, name: str, lang: Lang) -> str:
    """Return a person's name in a language: the English one if the project has one and English is asked for."""
    return next((p.name_en for p in project.people if lang == "en" and p.name == name and p.name_en), name)


def address_of(project: Project, name: str) -> str:
    """Return the address that the project lists for a person; empty where there is none."""
    return next(_addresses_of(project, name), "")


def _addresses_of(project: Project, name: str) -> Iterator[str]:
    return (person.email for person in project.people if name and person.name == name and person.email)
