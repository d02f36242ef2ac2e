"""Fetches mails from a mailbox without changing anything in it, unless that is asked for."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from xlsflow.errors import InputError
from xlsflow.messages.single_line import single_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imapclient import IMAPClient

    from xlsflow.post.settings import ImapSettings

_MIB = 1 << 20
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_AT_ONCE = 200
_BATCH, _BATCH_BYTES = 50, 64 << 20  # mails, and bytes, that are opened together
_PIECE = 4 << 20  # bytes fetched at once: no mail is in memory twice


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail of a mailbox.

    Attributes:
        uid: Its number in the mailbox, as long as `uidvalidity` stays the same.
        uidvalidity: The numbering of the mailbox.
        size: Its size in bytes.
        came: When the server put it into the mailbox.
        data: Its bytes; None if it is larger than the settings allow.
    """

    uid: int
    uidvalidity: int
    size: int
    came: datetime
    data: bytes | None


class OpenMailbox:
    """An open mailbox."""

    def __init__(self, client: IMAPClient, settings: ImapSettings, uidvalidity: int) -> None:
        self._client = client
        self._settings = settings
        self.uidvalidity = uidvalidity

    def new_mails(self, since: date, known: frozenset[int]) -> Iterator[FetchedMail]:
        """Yield the mails that came on a day or later, one after the other.

        Args:
            since: The day.
            known: Numbers of mails that are not fetched again.

        Raises:
            InputError: The connection was cut; what was yielded is whole.
        """
        with _told(self._settings):
            numbers = [uid for uid in sorted(self._client.search(["SINCE", since])) if uid not in known]
        for start in range(0, len(numbers), _AT_ONCE):
            with _told(self._settings):
                about = self._client.fetch(numbers[start : start + _AT_ONCE], ["RFC822.SIZE", "INTERNALDATE"])
            for uid, facts in sorted(about.items()):
                yield self._fetched(uid, facts)

    def _fetched(self, uid: int, facts: Mapping[bytes, Any]) -> FetchedMail:
        size = int(facts[b"RFC822.SIZE"])
        came = facts[b"INTERNALDATE"]
        came = came if came.tzinfo else came.replace(tzinfo=UTC)
        data = None
        if size <= self._settings.largest * _MIB:
            with _told(self._settings):
                data = b"".join(self._pieces(uid))
        return FetchedMail(uid, self.uidvalidity, size, came, data)

    def _pieces(self, uid: int) -> Iterator[bytes]:
        at = 0
        while True:
            # PEEK leaves the mail unread, also where a mailbox cannot be opened for reading only.
            answer = self._client.fetch([uid], [f"BODY.PEEK[]<{at}.{_PIECE}>"]).get(uid, {})
            piece: bytes = answer.get(f"BODY[]<{at}>".encode(), b"")
            yield piece
            at += len(piece)
            if len(piece) < _PIECE:
                return

    def mark_read(self, uid: int) -> None:
        """Mark a mail as read.

        Raises:
            InputError: The server does not do it.
        """
        with _told(self._settings):
            self._client.add_flags([uid], [b"\\Seen"], silent=True)

    def move(self, uid: int, folder: str) -> None:
        """Move a mail to another folder; one that is not there is made.

        Raises:
            InputError: The server does not do it.
        """
        with _told(self._settings):
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            if self._client.has_capability("MOVE"):
                self._client.move([uid], folder)
                return
            self._client.copy([uid], folder)
            self._client.add_flags([uid], [b"\\Deleted"], silent=True)
            # Without UIDPLUS an EXPUNGE would remove what other programs have marked too; then the mark must do.
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge([uid])


@dataclass
class MailBatch:
    """A few mails that are opened together; and why there are no more, where the connection was cut."""

    mails: list[FetchedMail] = field(default_factory=list)
    cut: InputError | None = None


def batches(mails: Iterator[FetchedMail]) -> Iterator[MailBatch]:
    """Yield mails some at a time: starting a reader process for each would take longer than reading it."""
    batch = MailBatch()
    try:
        for mail in mails:
            batch.mails.append(mail)
            if len(batch.mails) >= _BATCH or sum(mail.size for mail in batch.mails) > _BATCH_BYTES:
                yield batch
                batch = MailBatch()
    except InputError as error:  # what came before is whole, and is stored first
        batch.cut = error
    yield batch


@contextmanager
def open_mailbox(settings: ImapSettings, secret: str, *, changes: bool = False) -> Iterator[OpenMailbox]:
    """Open a mailbox while the body runs.

    Args:
        settings: The mailbox.
        secret: Password or token of its user.
        changes: Whether mails are to be marked or moved; else it is opened for reading only.

    Raises:
        InputError: imapclient is not installed, the server cannot be reached, is not to be trusted, does not let us in,
            or has no such folder.
    """
    try:
        import imapclient  # noqa: PLC0415 - optional
    except ImportError:
        raise InputError("mail_extra_missing", package="imapclient") from None
    port = settings.port or (993 if settings.security == "tls" else 143)
    if settings.security == "none" and settings.host not in _LOOPBACK:
        raise InputError("mail_unsafe", server=f"{settings.host}:{port}", why="security = none")
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    if settings.ca_file:
        context.load_default_certs()
    with _told(settings):
        client = imapclient.IMAPClient(
            settings.host, port, ssl=settings.security == "tls", ssl_context=context, timeout=settings.timeout
        )
    try:
        with _told(settings):
            client.normalise_times = False
            if settings.security == "starttls":
                client.starttls(context)
        _log_in(client, settings, secret, f"{settings.host}:{port}")
        yield OpenMailbox(client, settings, _select(client, settings, changes=changes))
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            client.logout()
        with suppress(imaplib.IMAP4.error, OSError):  # a connection that was cut is still to be closed
            client.shutdown()


def _log_in(client: IMAPClient, settings: ImapSettings, secret: str, server: str) -> None:
    try:
        with _told(settings):
            if settings.auth == "xoauth2":
                client.oauth2_login(settings.user, secret)
            elif f"{settings.user}{secret}".isascii():
                client.login(settings.user, secret)
            else:  # LOGIN is ASCII; PLAIN is UTF-8
                client.plain_login(settings.user, secret)
    except InputError as error:
        if error.code != "mail_refused":
            raise
        raise InputError("mail_login_refused", server=server, user=settings.user, why=error.facts["why"]) from None
    # 163.com, 126.com and others answer a client that has not said who it is with "Unsafe Login".
    if client.has_capability("ID"):
        with _told(settings):
            client.id_({"name": "xlsflow", "version": "1", "vendor": "xlsflow"})


def _select(client: IMAPClient, settings: ImapSettings, *, changes: bool) -> int:
    """Open the folder, and return its numbering."""
    try:
        with _told(settings):
            answer = client.select_folder(settings.folder, readonly=not changes)
    except InputError as error:
        if error.code != "mail_refused":
            raise
        with _told(settings):
            known = ", ".join(str(name) for *_, name in client.list_folders())
        why = error.facts["why"]
        raise InputError("mail_folder_missing", folder=settings.folder, why=why, known=known) from None
    return int(answer.get(b"UIDVALIDITY", 0))


@contextmanager
def _told(settings: ImapSettings) -> Iterator[None]:
    """Turn what goes wrong in a dialogue into a sentence."""
    port = settings.port or (993 if settings.security == "tls" else 143)
    server = f"{settings.host}:{port}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise InputError("mail_certificate", server=server, why=error.verify_message) from error
    except (imaplib.IMAP4.abort, OSError, EOFError) as error:
        raise InputError("mail_unreachable", server=server, why=_said(error)) from error
    except (imaplib.IMAP4.error, ValueError) as error:
        raise InputError("mail_refused", server=server, why=_said(error)) from error


def _said(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return single_line(
        text.decode("utf-8", "replace") if isinstance(text, bytes) else str(error) or type(error).__name__, 200
    )
