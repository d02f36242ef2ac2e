"""An SMTP server on loopback with TLS and AUTH, which can fail at any step of the dialogue."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "pmo@example.com", "s3cret-授权码"
CUT = "cut"
"""An answer that is none: the connection is cut."""


@dataclass
class MailServer:
    """What the server took, and how it is to behave.

    Attributes:
        port: Its port.
        ca_file: Certificate to trust.
        taken: Each mail that it has taken: recipients and bytes.
        answers: Step (`MAIL`, `RCPT`, `DATA`, `END`) -> its next answers; None is the usual one.
        at: Step -> called before the answer.
        tokens: Whether it wants XOAUTH2.
    """

    port: int = 0
    ca_file: str = ""
    taken: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    answers: dict[str, list[str | None]] = field(default_factory=dict)
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    authenticated: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails as the standard library reads them."""
        return [message_from_bytes(data, policy=policy.default) for _, data in self.taken]

    @property
    def recipients(self) -> list[str]:
        """First recipient of each mail."""
        return [to[0] for to, _ in self.taken]

    def answer(self, step: str) -> str | None:
        """Return the answer of a step; None is the usual one."""
        self.steps[step] += 1
        if step in self.at:
            self.at[step]()
        queue = self.answers.get(step, [])
        return queue.pop(0) if queue else None


class _Dialogue(SMTP):
    """The dialogue, with a hook before the go-ahead of DATA, which aiosmtpd does not have."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's own name
        said = self.event_handler.server.answer("DATA")
        if said == CUT:
            assert self.transport
            self.transport.close()
        elif said:
            await self.push(said)
        else:
            await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def _said(self, step: str, smtp: SMTP) -> str | None:
        said = self.server.answer(step)
        if said == CUT:
            assert smtp.transport
            smtp.transport.close()
            await asyncio.sleep(0.05)
            return "421 closing"
        return said

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's own
        self, server: SMTP, _: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        said = await self._said("MAIL", server)
        if said:
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        said = await self._said("RCPT", server)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        said = await self._said("END", server)
        if said and not said.startswith("taken"):
            return said
        self.server.taken.append((tuple(envelope.rcpt_tos), bytes(cast("bytes", envelope.content))))
        if said:  # taken, but the answer gets lost
            assert server.transport
            server.transport.close()
            await asyncio.sleep(0.05)
        return "250 queued"


@contextmanager
def mail_server(folder: Path, security: str = "tls") -> Iterator[MailServer]:
    """Run a server while the body runs."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server = MailServer(ca_file=str(folder / "ca.pem"))

    def authenticate(_: SMTP, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        server.authenticated.append(mechanism)
        return AuthResult(success=good, handled=good)

    class _Controller(Controller):
        def factory(self) -> SMTP:
            with warnings.catch_warnings():  # about AUTH without STARTTLS: here TLS is spoken from the first byte
                warnings.simplefilter("ignore", UserWarning)
                return self._dialogue()

        def _dialogue(self) -> SMTP:
            return _Dialogue(
                self.handler,
                hostname="localhost",
                enable_SMTPUTF8=False,
                authenticator=authenticate,
                auth_required=True,
                auth_require_tls=security == "starttls",
                tls_context=context if security == "starttls" else None,
                require_starttls=security == "starttls",
            )

    wrapped = context if security == "tls" else None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.port = free.getsockname()[1]
    controller = _Controller(_Handler(server), hostname="127.0.0.1", port=server.port, ssl_context=wrapped)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
