"""A list of people that recognises e-mail addresses and further names without containing them.

It goes where everybody may read it: what it knows besides the listed names are salted digests. Whoever guesses an
address can confirm the guess, but nobody can read one out.
"""

from __future__ import annotations

from hashlib import sha256

from xlsflow.template.lists import Choice, ChoiceList, PersonChoice

_DIGITS = 24  # 96 bits: no two texts share them by chance


class SealedPeople(ChoiceList):
    """People whose addresses, and some of whose names, are digests.

    Attributes:
        salt: What every text is digested with.
        addresses: Digest of an e-mail address -> code of the person.
        names: Digests of the names, in either language, of the people who are not listed.
    """

    salt: str
    addresses: dict[str, str]
    names: tuple[str, ...] = ()

    def code_of_email(self, email: str) -> str | None:
        """Return the code of the person with an e-mail address; None if there is none."""
        return self.addresses.get(_digest(self.salt, email.casefold()))

    def code_of(self, text: str) -> str | None:
        """Return the code of a text; a sealed name is its own code."""
        return super().code_of(text) or (text if self._is_sealed(text) else None)

    def is_label(self, text: str) -> bool:
        """Return whether a text is exactly a label."""
        return super().is_label(text) or self._is_sealed(text)

    def has(self, code: str) -> bool:
        """Return whether the list has a code."""
        return super().has(code) or self._is_sealed(code)

    def _is_sealed(self, text: str) -> bool:
        return bool(self.names) and _digest(self.salt, text) in self.names


def has_people(choices: ChoiceList) -> bool:
    """Return whether the values of a list are people."""
    return any(isinstance(choice, PersonChoice) for choice in choices.values)


def sealed(people: ChoiceList, region: str = "") -> SealedPeople:
    """Return a list of people with their e-mail addresses as digests.

    Args:
        people: The list.
        region: Code of a region: only its people, and those of no region, are listed by name; all where empty.
    """
    listed: list[Choice] = []
    others: list[Choice] = []
    for choice in people.values:
        (listed if not region or choice.group in ("", region) else others).append(choice)
    # From what is sealed, so that the same project gives the same bytes and no two projects the same digests.
    salt = sha256(repr([choice.model_dump() for choice in people.values]).encode()).hexdigest()[:_DIGITS]
    addresses = {
        _digest(salt, choice.email): choice.code
        for choice in listed
        if isinstance(choice, PersonChoice) and choice.email
    }
    names = sorted({_digest(salt, text) for choice in others for text in choice.label.both()})
    plain = tuple(
        choice.model_copy(update={"email": ""}) if isinstance(choice, PersonChoice) else choice for choice in listed
    )
    return SealedPeople(
        name=people.name, title=people.title, values=plain, open=people.open, salt=salt,
        addresses=dict(sorted(addresses.items())), names=tuple(names),
    )  # fmt: skip


def _digest(salt: str, text: str) -> str:
    return sha256(f"{salt}\n{text}".encode()).hexdigest()[:_DIGITS]
