"""The command `collect`: returns out of a mailbox, mails and zips, into the inboxes of their rounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xlsflow.errors import InputError
from xlsflow.i18n import LocalizedText
from xlsflow.messages import CATALOGUE
from xlsflow.messages.single_line import single_line
from xlsflow.post.incoming.containers import CONTAINERS, FoundWorkbook, OpenedContainer, open_container
from xlsflow.post.incoming.imap import MailBatch, batches, open_mailbox
from xlsflow.post.incoming.mail_parts import MailFacts
from xlsflow.post.incoming.receipts import OPENED, Receipt, add_receipt, receipts_in
from xlsflow.post.journal import MAIL_READ, RETURN_RECEIVED
from xlsflow.post.recipients import known_addresses
from xlsflow.post.secret import need_secret
from xlsflow.project_folder.folder import ProjectFolder, RoundFolder, project_of
from xlsflow.system.atomic_write import make_folder, write_atomically
from xlsflow.system.owned_folder import safe_path
from xlsflow.system.temporary import temporary_folder

if TYPE_CHECKING:
    from xlsflow.model.returns import FileRecord

CollectState = Literal["new", "again", "known", "problem"]
"""What became of a workbook: stored; stored before and received once more; known from the same mail; not opened."""

_SOME_DAYS = 30  # before the round opens: returns of the rounds before it are still corrected
_BATCH = 50  # files that are opened together
_NOT_CONTACT = LocalizedText(
    "来自 {sender}，不是{region}的联系人（{contact}）",
    "came from {sender}, who is not the contact of {region} ({contact})",
)
_OTHER_ROUND = LocalizedText("属于 {round} 轮，已放入该轮的 inbox", "is of round {round}, and was put into its inbox")
_UNKNOWN = LocalizedText(
    "不能确认是哪个区域的表，已放入 inbox，合并时会说明", "is not recognised; it is in the inbox, and merge says why"
)


@dataclass(frozen=True, slots=True)
class CollectLine:
    """What became of one workbook, or of something that could not be opened.

    Attributes:
        name: Name that it was stored under, or of what was not opened.
        state: What became of it.
        source: Where it was found.
        notes: What a coordinator should know.
        region: Code of its region; empty where that is not known.
        received: When the mail with it was received.
    """

    name: str
    state: CollectState
    source: str
    notes: tuple[LocalizedText, ...] = ()
    region: str = ""
    received: datetime | None = None


@dataclass(frozen=True)
class CollectOrder:
    """Where to look.

    Attributes:
        paths: Files and folders; where empty, the mailbox of the settings and the inbox of the round.
        mark_read: Whether mails with returns are marked as read.
        move_to: Folder of the mailbox that they are moved to; empty for none.
    """

    paths: tuple[Path, ...] = ()
    mark_read: bool = False
    move_to: str = ""


@dataclass
class Collected:
    """The result of one run; lines are there as soon as they are final.

    Attributes:
        lines: What became of each workbook.
        mails: How many mails and files were opened.
        others: How many other attachments there were.
    """

    lines: list[CollectLine] = field(default_factory=list)
    mails: int = 0
    others: int = 0


@dataclass(frozen=True)
class _Found:
    """A workbook and where it comes from."""

    workbook: FoundWorkbook
    mail: MailFacts
    source: str
    digest: str


def collect_returns(folder: ProjectFolder, order: CollectOrder, now: datetime, into: Collected) -> None:
    """Put the returns that have come into the inboxes of their rounds, each with a record of its receipt.

    Args:
        folder: The project folder.
        order: Where to look.
        now: The present.
        into: Filled while the work goes on: what is in it is done, also when the connection is cut later.

    Raises:
        InputError: A path is not there, or the mailbox cannot be opened or was cut off.
        ProjectError: The project workbook cannot be used.
        OutputError: A return cannot be stored.
    """
    project_of(folder)
    round_ = folder.round()
    with round_.locked():
        make_folder(round_.inbox)
        store = _Store(folder, now, into)
        if not order.paths:
            _from_mailbox(folder, order, now, store)
        _from_files(order.paths or (round_.inbox,), store, given=bool(order.paths))


def _from_files(paths: Sequence[Path], store: _Store, *, given: bool) -> None:
    """Open the mails and zips in files and folders; workbooks that lie beside them are taken where they were named."""
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("no_such_file", path=path)
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        files += [each for each in below if each.is_file() and not each.name.startswith((".", "~$"))]
    suffixes = CONTAINERS | {"", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"} if given else CONTAINERS
    chosen = [path for path in files if path.suffix.lower() in suffixes]
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        several = [_Opened(opened, path.name) for path, opened in zip(batch, _opened(batch), strict=True)]
        store.put(several)
        for path, each in zip(batch, several, strict=True):
            if not given and not each.container.problems:  # then merge need not ask for what is in them
                store.note_opened(path)


def _from_mailbox(folder: ProjectFolder, order: CollectOrder, now: datetime, store: _Store) -> None:
    settings = folder.settings.imap
    if settings is None:
        if order.mark_read or order.move_to:
            raise InputError("no_server", section="imap")
        return
    account = f"{settings.user}@{settings.host}"
    kind = "token" if settings.auth == "xoauth2" else "password"
    secret = need_secret(f"imap {kind}", account)
    opens = folder.project.round.opens
    since = (opens.date() if opens else now.date()) - timedelta(days=_SOME_DAYS)
    changes = bool(order.mark_read or order.move_to)
    with open_mailbox(settings, secret, changes=changes) as mailbox:
        box = f"{account}/{settings.folder}"
        known = _known_numbers(folder, box, mailbox.uidvalidity)
        for batch in batches(mailbox.new_mails(since, known)):
            for mail, brought in zip(batch.mails, _put_mails(batch, box, store), strict=True):
                numbers = {"uidvalidity": mail.uidvalidity, "uid": mail.uid, "size": mail.size}
                store.journal.add(MAIL_READ, now, mailbox=box, workbooks=brought, **numbers)
                if brought and order.mark_read:
                    mailbox.mark_read(mail.uid)
                if brought and order.move_to:
                    mailbox.move(mail.uid, order.move_to)
            if batch.cut is not None:
                raise batch.cut


def _put_mails(batch: MailBatch, box: str, store: _Store) -> list[int]:
    """Store the returns of some mails; return how many workbooks each had."""
    with temporary_folder() as folder:
        paths: dict[int, Path] = {}
        for mail in batch.mails:
            if mail.data is not None:
                paths[mail.uid] = folder / f"{mail.uid}.eml"
                paths[mail.uid].write_bytes(mail.data)
        opened = dict(zip(paths, _opened([*paths.values()]), strict=True))
    for mail in batch.mails:
        if mail.data is None:
            store.problem("mail_too_large", f"{box} {mail.uid}", size=f"{mail.size >> 20} MB")
    came = {mail.uid: MailFacts(received=mail.came.isoformat()) for mail in batch.mails}
    counts = dict(
        zip(opened, store.put([_Opened(each, f"{box} {uid}", came[uid]) for uid, each in opened.items()]), strict=True)
    )
    return [counts.get(mail.uid, 0) for mail in batch.mails]


def _known_numbers(folder: ProjectFolder, box: str, uidvalidity: int) -> frozenset[int]:
    """Return the numbers of the mails that were read before, as every journal of the project tells."""
    entries = (entry for round_ in folder.rounds() for entry in round_.journal.entries() if entry.what == MAIL_READ)
    mine = (e.facts for e in entries if e.text("mailbox") == box and e.facts.get("uidvalidity") == uidvalidity)
    return frozenset(number for facts in mine if isinstance(number := facts.get("uid"), int))


def _opened(paths: Sequence[Path]) -> Iterator[OpenedContainer]:
    """Open files in reader processes: what hostile ones do there harms nobody."""
    from xlsflow.intake.isolation.reader_pool import Request, Step, Unreadable, read_files, usual_limits

    limits = usual_limits()
    step = Step(partial(open_container, limits.total_bytes), (OpenedContainer,), (FoundWorkbook, MailFacts))
    reading = read_files([Request(path, (path.name,)) for path in paths], step, limits)
    with closing(reading) as answers:
        for answer in answers:
            if isinstance(answer, Unreadable):
                yield OpenedContainer(problems=((answer.code, answer.file),))
            else:
                yield answer


@dataclass(frozen=True)
class _Opened:
    """A file or mail that was opened, where it was, and what the mailbox says of it."""

    container: OpenedContainer
    source: str
    outer: MailFacts = MailFacts()  # noqa: RUF009 - frozen


class _Store:
    """Puts workbooks into inboxes."""

    def __init__(self, folder: ProjectFolder, now: datetime, into: Collected) -> None:
        self._folder = folder
        self._now = now
        self._into = into
        self._present = folder.round()
        self.journal = self._present.journal
        self._receipts = {
            (r.sha256, r.message_id or r.source) for round_ in folder.rounds() for r in receipts_in(round_.inbox)
        }
        self._records: dict[str, FileRecord | None] = {}
        self._stored: dict[Path, dict[str, Path]] = {}

    def problem(self, code: str, name: str, source: str = "", size: str = "") -> None:
        """Tell of something that was not opened."""
        facts = {"file": single_line(name), "size": size}
        said = LocalizedText(CATALOGUE[code].say("zh", facts), CATALOGUE[code].say("en", facts))
        self._into.lines.append(CollectLine(single_line(name), "problem", source or name, (said,)))

    def put(self, several: Sequence[_Opened]) -> list[int]:
        """Store the workbooks of files; return how many each had."""
        found = {id(each): [_found(book, each) for book in each.container.workbooks] for each in several}
        fresh = [one for each in several for one in found[id(each)] if not self._is_known(one)]
        self._read(fresh)
        for each in several:
            self._into.mails += 1
            self._into.others += each.container.others
            for code, name in each.container.problems:
                self.problem(code, name, each.source)
            for one in found[id(each)]:
                if self._is_known(one):
                    self._into.lines.append(CollectLine(one.workbook.name, "known", one.source))
                else:
                    self._one(one, self._records.get(one.digest))
        return [len(found[id(each)]) for each in several]

    def note_opened(self, path: Path) -> None:
        """Note in the list of receipts that what lies in the inbox beside its workbooks has been opened."""
        digest = _digest(path)
        if (digest, OPENED) not in self._receipts:
            self._receipts.add((digest, OPENED))
            add_receipt(self._present.inbox, Receipt(path.name, digest, source=OPENED))

    def _is_known(self, found: _Found) -> bool:
        """Return whether this very arrival is on record already."""
        return (found.digest, found.mail.message_id or found.source) in self._receipts

    def _read(self, found: Sequence[_Found]) -> None:
        """Note what workbooks say of themselves; each is read once, like any return."""
        from xlsflow.model.returns import Return
        from xlsflow.pipeline.collect import collect
        from xlsflow.pipeline.definitions import Definitions

        unread = {one.digest: one.workbook for one in found if one.digest not in self._records}
        self._records |= dict.fromkeys(unread)
        if not unread:
            return
        definitions = replace(Definitions(self._folder.library, self._folder.project), any_round=True)
        with temporary_folder() as folder:
            for digest, workbook in unread.items():
                (folder / f"{digest}{Path(workbook.name).suffix.lower()}").write_bytes(workbook.data)
            values = collect([folder], definitions)
        records = (value.record for value in values if isinstance(value, Return))
        self._records |= {record.sha256: record for record in records if record.sha256 and record.status != "refused"}

    def _one(self, found: _Found, record: FileRecord | None) -> None:
        round_, notes = self._round_of(record)
        inbox = round_.inbox
        make_folder(inbox)
        stored = self._stored.setdefault(inbox, {} if inbox in self._stored else {_digest(p): p for p in _files(inbox)})
        earlier = found.digest in {digest for digest, _ in self._receipts}
        state: CollectState = "again" if found.digest in stored or earlier else "new"
        path = stored.get(found.digest) or inbox / Path(found.workbook.name).name
        if state == "new":
            path = stored[found.digest] = _free_path(inbox, found.workbook.name)
            write_atomically(path, lambda beside: beside.write_bytes(found.workbook.data))
        mail, region = found.mail, record.stamp.region if record else ""
        received = datetime.fromisoformat(mail.received) if mail.received else None
        add_receipt(inbox, Receipt(path.name, found.digest, received, mail.sender, mail.message_id, found.source))
        self._receipts.add((found.digest, mail.message_id or found.source))
        facts = {
            "sender": mail.sender,
            "message_id": mail.message_id,
            "source": found.source,
            "received": mail.received,
        }
        round_.journal.add(RETURN_RECEIVED, self._now, file=path.name, sha256=found.digest, region=region, **facts)
        notes += self._about_sender(mail.sender, region)
        self._into.lines.append(CollectLine(path.name, state, found.source, notes, region, received))

    def _round_of(self, record: FileRecord | None) -> tuple[RoundFolder, tuple[LocalizedText, ...]]:
        """Return the round that a workbook is of: an earlier one only if it has a folder."""
        if record is None:
            return self._present, (_UNKNOWN,)
        id_ = record.stamp.round
        if id_ and id_ != self._folder.project.round.id:
            other = self._folder.round(id_)
            if other.path.is_dir():
                return other, (_OTHER_ROUND.with_facts(round=id_),)
        return self._present, () if record.stamp.region else (_UNKNOWN,)

    def _about_sender(self, sender: str, region: str) -> tuple[LocalizedText, ...]:
        project = self._folder.project
        if not sender or not project.has_region(region):
            return ()
        known = project.region(region)
        if sender.casefold() in known_addresses(project, known):
            return ()
        facts = {"sender": single_line(sender, 100), "contact": known.email or known.contact}
        texts = (_NOT_CONTACT.format(lang, region=known.label.say(lang), **facts) for lang in ("zh", "en"))
        return (LocalizedText(*texts),)


def _found(book: FoundWorkbook, opened: _Opened) -> _Found:
    source = _told_source(opened.source, book)
    return _Found(book, _earliest(book.mail, opened.outer), source, sha256(book.data).hexdigest())


def _earliest(mail: MailFacts, outer: MailFacts) -> MailFacts:
    """Return the facts of a mail, received when the first witness says: its own headers, or the mailbox."""
    times = [text for text in (mail.received, outer.received) if text]
    earliest = min(times, key=lambda text: datetime.fromisoformat(text).astimezone(UTC), default="")
    return replace(mail, received=earliest)


def _told_source(source: str, book: FoundWorkbook) -> str:
    # The outermost one is the file itself, or the mail by the name that it had for a moment.
    inner = [single_line(name, 80) for name in book.inside[1:]]
    return " > ".join((source, *inner))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))


def _free_path(folder: Path, name: str) -> Path:
    """Return a path for a file of some name at which nothing is replaced."""
    plain = safe_path(single_line(name.replace("/", "_").replace("\\", "_"), 200).lstrip("."))
    number, path = 1, folder / plain
    while path.exists():
        number += 1
        path = folder / safe_path(plain, f" ({number})")
    return path


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
