"""Mailboxes on loopback: dovecot of Debian and pymap, each as an ordinary process in a folder of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from imapclient import IMAPClient

USER, PASSWORD = "pmo@example.com", "s3cret"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{folder}/mail/%u
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


if sys.platform != "win32":
    import grp
    import pwd


@dataclass(frozen=True)
class ImapServer:
    """A running server.

    Attributes:
        port: Its port.
        security: How it is spoken to.
        ca_file: Certificate to trust.
        user: The user.
        password: The password.
    """

    port: int
    security: str
    ca_file: str
    user: str = USER
    password: str = PASSWORD

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """Connect like a mail program."""
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        client = IMAPClient("localhost", self.port, ssl=self.security == "tls", ssl_context=context)
        client.login(self.user, self.password)
        try:
            yield client
        finally:
            client.logout()

    def deliver(self, mails: Sequence[bytes], folder: str = "INBOX", came: datetime | None = None) -> None:
        """Put mails into a folder, which is made if it is not there."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail, msg_time=came or datetime(2026, 11, 19, 3, tzinfo=UTC))

    def settings(self, folder: str = "INBOX", port: int = 0, more: str = "") -> str:
        """Return the section of the settings for it."""
        ca = f'ca_file = "{self.ca_file}"\n' if self.ca_file else ""
        return (
            f'[imap]\nhost = "localhost"\nport = {port or self.port}\nsecurity = "{self.security}"\n{ca}'
            f'user = "{self.user}"\nfolder = "{folder}"\ntimeout = 20\n{more}\n'
        )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def dovecot() -> Iterator[ImapServer]:
    """Run dovecot while the body runs; in a folder that other users may enter, as it wants several."""
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with _dovecot_in(Path(folder)) as server:
            yield server


@contextmanager
def _dovecot_in(folder: Path) -> Iterator[ImapServer]:
    if DOVECOT is None or sys.platform == "win32":
        pytest.fail("dovecot is missing: sh .ci/prepare office")
    root = os.getuid() == 0
    own = getpass.getuser()
    internal, login = ("dovecot", "dovenull") if root else (own, own)
    account = pwd.getpwnam(internal)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    (folder / "mail").mkdir()
    if root:
        shutil.chown(folder / "mail", internal)
    port = free_port()
    config = _CONFIG.format(
        folder=folder, port=port, password=PASSWORD, internal=internal, login=login,
        group=grp.getgrgid(account.pw_gid).gr_name, uid=account.pw_uid, gid=account.pw_gid,
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(config, "utf-8")
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield ImapServer(port, "tls", str(folder / "ca.pem"))
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def pymap() -> Iterator[ImapServer]:
    """Run pymap while the body runs: another implementation, in memory and without TLS."""
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from pymap.main import main; main()",
        *("--no-service", "admin"),
        *("--no-service", "sieve"),
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-data"]
    command += ["--demo-user", "pmo", "--demo-password", PASSWORD]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield ImapServer(port, "none", "", "pmo")
    finally:
        process.kill()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server has ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail("the server does not answer")


def _copy(source: socket.socket, target: socket.socket, left: int) -> None:
    with suppress(OSError):
        while left > 0 and (data := source.recv(min(left, 65536))):
            target.sendall(data)
            left -= len(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cut_after(port: int, count: int) -> Iterator[int]:
    """Pass connections on to a port, and cut each once a number of bytes has come from there."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = threading.Event()

    def serve() -> None:
        threads = []
        sockets = []
        while not over.is_set():
            with suppress(TimeoutError):
                inner, _ = listener.accept()
                outer = socket.create_connection(("127.0.0.1", port))
                sockets += [inner, outer]
                for arguments in ((inner, outer, sys.maxsize), (outer, inner, count)):
                    threads.append(threading.Thread(target=_copy, args=arguments))
                    threads[-1].start()
        for end in sockets:
            end.close()
        for thread in threads:
            thread.join(5)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join(10)
        listener.close()
