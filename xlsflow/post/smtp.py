"""Hands letters to an SMTP server over one connection, and knows after every step what may have become of each.

The dialogue is spelled out here rather than left to `sendmail`, for one line of the journal must stand between the
server's go-ahead for a letter and its last byte: only then is it known after a kill that a letter may be out.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from xlsflow.errors import InputError
from xlsflow.messages.single_line import single_line

if TYPE_CHECKING:
    from xlsflow.post.settings import SmtpSettings

_OK, _GO_AHEAD, _PERMANENT, _CLOSING, _LOGGED_IN = 250, 354, 500, 421, 235
_ACCEPTED = frozenset((250, 251, 252))
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A letter ready for the wire.

    Attributes:
        letter: Its name in the journal.
        sender: Address of the envelope.
        to: Address of the recipient; without it the letter is not sent.
        copies: Addresses of copies; one that the server does not take costs nobody the letter.
        data: The bytes, with CRLF line ends.
    """

    letter: str
    sender: str
    to: str
    copies: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a letter in one attempt.

    Attributes:
        mail: The letter.
        state: Taken, put off, turned down, or handed over without an answer.
        why: What the server said.
        left_out: Addresses of copies that the server did not take.
    """

    mail: OutgoingMail
    state: Literal["sent", "postponed", "refused", "in_doubt"]
    why: str = ""
    left_out: tuple[str, ...] = ()


@dataclass
class Postman:
    """Delivers letters over one connection, which is opened again after it was cut.

    Attributes:
        settings: The server.
        secret: Password or token of its user; empty where nobody logs in.
        before_data: Called with a letter when the server is ready for it; what it raises stops the letter.
        pause: Waits a number of seconds.
        clock: Seconds that only go up.
    """

    settings: SmtpSettings
    secret: str
    before_data: Callable[[OutgoingMail], None]
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _server: smtplib.SMTP | None = field(default=None, init=False)
    _last: float = field(default=float("-inf"), init=False)

    def deliver(self, mails: Sequence[OutgoingMail]) -> Iterator[Delivery]:
        """Yield what becomes of each letter, as soon as it is known; what is put off is tried again at the end.

        Raises:
            InputError: The server cannot be reached, is not to be trusted, or does not let us in.
        """
        left = [*mails]
        try:
            for attempt in range(self.settings.attempts):
                later: list[OutgoingMail] = []
                if attempt and left:
                    self.close()
                    self.pause(self.settings.wait)
                for mail in left:
                    delivery = self._one(mail)
                    yield delivery
                    later += [mail] if delivery.state == "postponed" else []
                left = later
        finally:
            self.close()

    def close(self) -> None:
        """End the connection, if there is one."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _one(self, mail: OutgoingMail) -> Delivery:
        server = self._server = self._server or self._connect()
        self._keep_rate()
        try:
            left_out = self._envelope(server, mail)
            if isinstance(left_out, Delivery):
                return left_out
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Delivery(mail, "postponed", _said(error))
        self.before_data(mail)
        # Whatever goes wrong from here on, the server may have the letter.
        try:
            server.send(_stuffed(mail.data))
            code, text = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Delivery(mail, "in_doubt", _said(error), left_out)
        if code == _OK:
            return Delivery(mail, "sent", "", left_out)
        return self._turned_down(mail, code, text)

    def _envelope(self, server: smtplib.SMTP, mail: OutgoingMail) -> tuple[str, ...] | Delivery:
        """Go through the dialogue up to the go-ahead; return the copies that are left out, or why it ended earlier."""
        code, text = server.mail(mail.sender)
        if code != _OK:
            return self._turned_down(mail, code, text)
        code, text = server.rcpt(mail.to)
        if code not in _ACCEPTED:
            return self._turned_down(mail, code, text)
        left_out = []
        for address in mail.copies:
            code, text = server.rcpt(address)
            if code == _CLOSING:
                return self._turned_down(mail, code, text)
            left_out += [address] if code not in _ACCEPTED else []
        code, text = server.docmd("DATA")
        return tuple(left_out) if code == _GO_AHEAD else self._turned_down(mail, code, text)

    def _turned_down(self, mail: OutgoingMail, code: int, text: bytes) -> Delivery:
        """Return a letter that the server does not take, and make the connection ready for the next one."""
        if code == _CLOSING or code < 0:
            self._drop()
        elif self._server is not None:
            try:
                self._server.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()
        why = f"{code} {single_line(text.decode('utf-8', 'replace'), 200)}".strip()
        return Delivery(mail, "refused" if code >= _PERMANENT else "postponed", why)

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _keep_rate(self) -> None:
        ahead = self._last + 60 / self.settings.per_minute - self.clock()
        if ahead > 0:
            self.pause(ahead)
        self._last = self.clock()

    def _connect(self) -> smtplib.SMTP:
        """Open the connection and log in.

        Raises:
            InputError: That fails.
        """
        settings = self.settings
        port = settings.port or (465 if settings.security == "tls" else 587)
        server = f"{settings.host}:{port}"
        if settings.security == "none" and settings.user and settings.host not in _LOOPBACK:
            raise InputError("mail_unsafe", why="security = none", server=server)
        try:
            return self._logged_in(port)
        except smtplib.SMTPAuthenticationError as error:
            raise InputError("mail_login_refused", user=settings.user, why=_said(error), server=server) from None
        except ssl.SSLCertVerificationError as error:
            raise InputError("mail_certificate", why=error.verify_message, server=server) from error
        except smtplib.SMTPNotSupportedError as error:
            raise InputError("mail_unsafe", why=_said(error), server=server) from error
        except (OSError, smtplib.SMTPException) as error:
            raise InputError("mail_unreachable", why=_said(error), server=server) from error

    def _logged_in(self, port: int) -> smtplib.SMTP:
        settings = self.settings
        context = ssl.create_default_context()
        if settings.ca_file:
            context.load_verify_locations(settings.ca_file)
        server: smtplib.SMTP
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(settings.host, port, timeout=settings.timeout, context=context)
        else:
            server = smtplib.SMTP(settings.host, port, timeout=settings.timeout)
        with ExitStack() as open_connection:
            open_connection.callback(server.close)
            if settings.security == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if settings.user and settings.auth == "xoauth2":
                server.auth("XOAUTH2", self._bearer)
            elif settings.user and not f"{settings.user}{self.secret}".isascii():
                self._login_in_utf8(server)
            elif settings.user:
                server.login(settings.user, self.secret)
            open_connection.pop_all()
        return server

    def _login_in_utf8(self, server: smtplib.SMTP) -> None:
        # RFC 4616: PLAIN is in UTF-8. smtplib encodes what it sends as ASCII, and fails.
        plain = base64.b64encode(f"\0{self.settings.user}\0{self.secret}".encode()).decode("ascii")
        code, text = server.docmd("AUTH", f"PLAIN {plain}")
        if code != _LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, text)

    def _bearer(self, challenge: bytes | None = None) -> str:
        # A challenge after the token holds the reason of a refusal, and wants an empty answer.
        return "" if challenge else f"user={self.settings.user}\x01auth=Bearer {self.secret}\x01\x01"


def _stuffed(data: bytes) -> bytes:
    """Return a letter as DATA wants it: dots at the beginning of a line doubled, a single dot at the end."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _said(error: Exception) -> str:
    """Return what an error says, on one line; an answer of the server without its codes' class names."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return single_line(f"{error.smtp_code} {text}", 200)
    return single_line(str(error) or type(error).__name__, 200)
