"""Headers that no name can forge, and names of attachments that every program shows."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from urllib.parse import unquote

import fast_mail_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsflow.messages.single_line import single_line
from xlsflow.post.letters import Letter, Mailbox, mailbox, parsed_mailbox, wire_bytes

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
SENDER = Mailbox("陈思远", "pmo@example.com")
NASTY = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "a\r\nBcc: x@evil.example",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        'a", "b" <x@evil.example>',
        "名\u2028Bcc: x",
        "x" * 300,
        "华" * 150,
        ';\\"',
    ]
)


@given(NASTY, NASTY, NASTY)
def test_no_name_forges_a_header(name: str, subject: str, file: str) -> None:
    to = mailbox(name, "zhang@example.com")
    assert to
    letter = Letter(
        "HD/invitation", to, (Mailbox(to.name, "head@example.com"),), subject, "text\n", f"{file}.xlsx", b"PK"
    )
    data = wire_bytes(letter, SENDER, AT)
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert data.replace(b"\r\n", b"").count(b"\n") == data.replace(b"\r\n", b"").count(b"\r") == 0
    message = message_from_bytes(data, policy=policy.default)
    assert sorted(message.keys()) == [
        "Cc",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        *["Subject"] * bool(single_line(subject)),
        "To",
    ]
    assert [address.addr_spec for address in message["To"].addresses] == ["zhang@example.com"]
    assert [address.addr_spec for address in message["Cc"].addresses] == ["head@example.com"]
    (part,) = message.iter_attachments()
    assert sorted(part.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type"]
    assert str(part.get_filename()).isascii()
    other = fast_mail_parser.parse_email(data)
    assert len(other.attachments) == 1
    assert bytes(other.attachments[0].content) == b"PK"
    assert not {name.lower() for name in other.headers} & {"bcc", "reply-to"}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=50))
def test_the_name_of_the_attachment_is_whole(file: str) -> None:
    data = wire_bytes(Letter("HD/invitation", SENDER, (), "s", "t", f"{file}.xlsx", b"PK"), SENDER, AT)
    said = data.partition(b"filename*=UTF-8''")[2].partition(b"\r\n")[0].decode("ascii")
    assert unquote(said) == f"{file}.xlsx"


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a b@c.de", "a@b\r\nBcc: x@y.z", "a..b@c.de", ".a@c.de", "a.@c.de", "a@b,c@d", "<a@b>"],
)  # fmt: skip
def test_what_is_no_address_gets_no_letter(address: str) -> None:
    assert mailbox("x", address) is None


def test_a_named_address_is_taken_apart() -> None:
    assert parsed_mailbox(' "陈思远" <pmo@example.com> ') == SENDER
    assert parsed_mailbox("pmo@example.com") == Mailbox("", "pmo@example.com")
    assert parsed_mailbox("13800000000") is None


def test_equal_drafts_have_equal_bytes() -> None:
    letter = Letter("HD/invitation", SENDER, (), "s", "t", "a.xlsx", b"PK")
    assert wire_bytes(letter, SENDER) == wire_bytes(letter, SENDER)
    assert wire_bytes(letter, SENDER).startswith(b"X-Unsent: 1\r\n")
