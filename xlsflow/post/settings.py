"""The settings of post, `xlsflow.toml` beside the project workbook; no password and no address of a robot is there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from typing import TYPE_CHECKING, Any, TypeVar

from xlsflow.errors import InputError, meant

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS_FILE = "xlsflow.toml"

_T = TypeVar("_T")
_SECRETS = frozenset(("password", "passwd", "token", "secret", "key", "url", "address", "webhook"))
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_ROBOT_NAME = re.compile(r"[A-Za-z0-9_-]+")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "security": ("tls", "starttls", "none"),
    "auth": ("password", "xoauth2"),
    "service": ("wecom", "dingtalk", "feishu", "json"),
}


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that letters are handed to.

    Attributes:
        host: Its name.
        port: Its port; 0 means the usual one, 465 for `tls` and else 587.
        security: `tls` from the first byte, `starttls`, or `none`.
        user: Whom to log in as; nobody where empty.
        auth: `password` or `xoauth2`.
        ca_file: Certificates to trust besides those of the system.
        timeout: Seconds to wait for an answer.
        per_minute: Letters a minute at most; providers lock out who sends faster.
        attempts: How often a letter is tried that the server puts off.
        wait: Seconds before it is tried again.
    """

    host: str = ""
    port: int = 0
    security: str = "tls"
    user: str = ""
    auth: str = "password"
    ca_file: str = ""
    timeout: float = 120.0
    per_minute: float = 30.0
    attempts: int = 3
    wait: float = 60.0


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The mailbox that returns come into; the attributes are those of `SmtpSettings`, and:

    Attributes:
        folder: Folder of the mailbox.
        largest: MiB of the largest mail that is fetched.
    """  # noqa: D415 - the sentence goes on in the list

    host: str = ""
    port: int = 0
    security: str = "tls"
    user: str = ""
    auth: str = "password"
    ca_file: str = ""
    timeout: float = 120.0
    folder: str = "INBOX"
    largest: float = 100.0


@dataclass(frozen=True, slots=True)
class RobotSettings:
    """A robot of a chat group; its address is a secret.

    Attributes:
        service: `wecom`, `dingtalk`, `feishu` or `json`.
        signed: Whether it asks for a signature.
    """

    service: str = "json"
    signed: bool = False


@dataclass(frozen=True, slots=True)
class PostSettings:
    """The settings of post.

    Attributes:
        sender: `Name <address>` that letters come from; the project's coordinator where empty.
        working_hours: When reminders go out, in each region's time.
        smtp: The server for outgoing letters; None where there is none.
        imap: The mailbox; None where there is none.
        robots: Name -> robot.
    """

    sender: str = ""
    working_hours: tuple[time, time] = (time(9), time(18))
    smtp: SmtpSettings | None = None
    imap: ImapSettings | None = None
    robots: Mapping[str, RobotSettings] = field(default_factory=dict)


def load_settings(path: Path) -> PostSettings:
    """Return the settings of a file; the usual ones where it is not there.

    Raises:
        InputError: It is no TOML, or has a key or value that is not known; the sentence names it.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))  # Notepad writes a byte order mark
    except FileNotFoundError:
        return PostSettings()
    except (OSError, ValueError) as error:
        raise InputError("settings_unreadable", file=path, why=error) from error
    reader = _Reader(path)
    post = reader.only(table, "", ("post", "smtp", "imap", "robots"))
    letters = reader.only(post.get("post", {}), "post", ("from", "working_hours"))
    robots = reader.table(post.get("robots", {}), "robots")
    for name in robots:
        if not _ROBOT_NAME.fullmatch(name):
            raise reader.wrong(f"robots.{name}", "a-z 0-9 _ -")
    return PostSettings(
        sender=reader.typed(letters.get("from", ""), "post.from", str),
        working_hours=reader.hours(letters.get("working_hours", "09:00-18:00")),
        smtp=reader.section(SmtpSettings, table["smtp"], "smtp") if "smtp" in table else None,
        imap=reader.section(ImapSettings, table["imap"], "imap") if "imap" in table else None,
        robots={name: reader.section(RobotSettings, part, f"robots.{name}") for name, part in robots.items()},
    )


@dataclass(frozen=True)
class _Reader:
    """Checks the content of one file of settings; every error names file and key."""

    path: Path

    def wrong(self, key: str, wanted: str) -> InputError:
        return InputError("setting_wrong", file=self.path.name, key=key, wanted=wanted)

    def table(self, value: object, key: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(key, f"[{key}]")
        return value

    def only(self, value: object, key: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        """Return a table that has none but known keys."""
        table = self.table(value, key)
        for name in table:
            full = f"{key}.{name}" if key else name
            if name.lower() in _SECRETS:
                raise InputError("setting_is_secret", file=self.path.name, key=full)
            if name not in known:
                raise InputError("setting_unknown", file=self.path.name, key=full, near=meant(name, known))
        return table

    def typed(self, value: object, key: str, kind: type[_T]) -> _T:
        # A whole number may stand for a measure, but true is no number.
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self.wrong(key, {str: '"..."', int: "1", float: "1.0", bool: "true / false"}[kind])
        return value

    def section(self, kind: type[_T], value: object, key: str) -> _T:
        """Return one section as the dataclass that describes it."""
        known = {each.name: each.default for each in fields(kind)}  # type: ignore[arg-type]
        table = self.only(value, key, tuple(known))
        facts = {name: self.typed(content, f"{key}.{name}", type(known[name])) for name, content in table.items()}
        for name, choices in _CHOICES.items():
            if name in facts and facts[name] not in choices:
                raise self.wrong(f"{key}.{name}", " / ".join(choices))
        for name, content in facts.items():
            if isinstance(content, float) and content <= 0:
                raise self.wrong(f"{key}.{name}", "> 0")
        if "host" in known and not str(facts.get("host", "")).strip():
            raise self.wrong(f"{key}.host", '"mail.example.com"')
        return kind(**facts)

    def hours(self, value: object) -> tuple[time, time]:
        found = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
        try:
            begin, end = (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else (0, 0)
        except ValueError:
            begin = end = 0
        if not isinstance(begin, time) or not isinstance(end, time) or begin >= end:
            raise self.wrong("post.working_hours", '"09:00-18:00"')
        return begin, end
