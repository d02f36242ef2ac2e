"""Four simulated weeks with a given clock: the board's figures equal a bookkeeping that knows nothing of xlsflow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.helpers import soak
from tests.helpers.returned_rows import TASKS, Row, a_return_of, task
from tests.helpers.returns import opened_by_openpyxl
from tests.post import mails
from tests.post.mail_server import MailServer
from tests.post.test_send import QUIET, use
from xlsflow.pipeline.generate import Order
from xlsflow.post.board import Board
from xlsflow.project_folder.collect import Collected, CollectOrder, collect_returns
from xlsflow.project_folder.folder import ProjectFolder
from xlsflow.project_folder.letters_out import LetterOrder
from xlsflow.project_folder.merged_round import merge_present_round
from xlsflow.project_folder.send import send_letters
from xlsflow.project_folder.setup import generate_round
from xlsflow.project_folder.status import round_board

SHANGHAI = ZoneInfo("Asia/Shanghai")  # Singapore has the same time, and neither has a holiday in these weeks
MONDAY = date(2026, 11, 16)
WEEKS = 4 if soak.FACTOR > 1 else 2
"""Half of them where `make soak` does not ask for all: each takes some ten merges."""
CONTACTS = {
    "HD": "zhang.licheng", "HN": "huang.jiahao", "HB": "li.chengze", "XN": "yang.ruoxi", "HW": "lin.xiaoman",
}  # fmt: skip


@dataclass
class Expected:
    """What the bookkeeper knows of a region.

    Attributes:
        came: When its first mail with a return was received.
        errors: Mistakes in what it sent last.
        reminded: How often it was reminded.
    """

    came: datetime | None = None
    errors: int = 0
    reminded: int = 0


@dataclass(frozen=True)
class Sent:
    """A return on its way: when it is received, from whom, with how many mistakes."""

    at: datetime
    region: str
    mistakes: int


def at(week: int, day: int, hour: int, minute: int = 0) -> datetime:
    moment = MONDAY + timedelta(days=7 * week + day)
    return datetime(moment.year, moment.month, moment.day, hour, minute, tzinfo=SHANGHAI)


def enter(project: Path, week: int) -> None:
    """Enter a week's round in the project workbook, as a coordinator does."""
    book = opened_by_openpyxl(project)
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("2026-W"):
                cell.value = f"2026-W{47 + week}"
            elif isinstance(cell.value, date):
                cell.value += timedelta(days=7 * week)
    book.save(project)


def plan(chance: random.Random, week: int) -> Iterator[Sent]:
    """Yield what the regions send in a week."""
    for region in CONTACTS:
        kind = chance.choice(["in time", "in time", "late", "missing", "faulty", "corrected", "twice"])
        day, hour = chance.randrange(1, 5), chance.randrange(8, 17)
        if kind == "late":
            yield Sent(at(week, chance.choice([4, 5]), chance.randrange(19, 23)), region, 0)
        elif kind in ("faulty", "corrected"):
            yield Sent(at(week, day, hour), region, chance.randrange(1, 4))
        elif kind != "missing":
            yield Sent(at(week, day, hour), region, 0)
        if kind in ("corrected", "twice"):
            yield Sent(at(week, day, hour, 30), region, 0)


def workdays_left(today: date, due: date) -> int:
    sign, (first, last) = (1, (today, due)) if today <= due else (-1, (due, today))
    return sign * sum((first + timedelta(days=n)).weekday() < 5 for n in range(1, (last - first).days + 1))


def check(board: Board, books: dict[str, Expected], week: int, now: datetime) -> None:
    due = at(week, 4, 18)
    assert board.round == f"2026-W{47 + week}"
    for row in board.rows:
        known = books[row.region]
        late = (known.came - due).total_seconds() / 3600 if known.came else 0
        assert row.post == "sent"
        assert (row.returns.missing, row.returns.errors) == (known.came is None, known.errors), row
        assert row.returns.came == (known.came.replace(tzinfo=None) if known.came else None)
        assert round(row.returns.hours_late, 6) == round(max(late, 0), 6)
        assert row.reminded == known.reminded
        assert row.returns.accepted == (known.came is not None and not known.errors)
        assert row.days_left == workdays_left(now.date(), due.date())
    assert board.settled == all(known.came and not known.errors for known in books.values())


@soak.campaign("simulated weeks", WEEKS)
def test_the_figures_of_the_board_are_those_of_a_bookkeeper(
    folder: ProjectFolder, server: MailServer, tmp_path: Path
) -> None:
    chance = random.Random(soak.SEED)  # noqa: S311 - no secret
    _four_weeks(use(folder, server), chance, tmp_path / "post")


def _four_weeks(folder: ProjectFolder, chance: random.Random, post: Path) -> None:
    post.mkdir()
    original = folder.project_file.read_bytes()
    for week in range(WEEKS):
        folder.project_file.write_bytes(original)
        if week:
            enter(folder.project_file, week)
        folder = ProjectFolder(folder.path)
        generate_round(folder, Order(), at(week, 0, 9))
        sent = [line.state for line in send_letters(folder, QUIET, at(week, 0, 10))]
        assert sent == ["sent"] * 5
        books = {region: Expected() for region in CONTACTS}
        coming = sorted(plan(chance, week), key=lambda each: each.at)
        for now in (at(week, 3, 11), at(week, 5, 11), at(week, 7, 8)):
            arrived = [each for each in coming if each.at <= now]
            coming = [each for each in coming if each.at > now]
            paths = []
            for each in arrived:
                paths.append(_mailed(folder, post, each, week))
                books[each.region].came = books[each.region].came or each.at
                books[each.region].errors = each.mistakes
            collect_returns(folder, CollectOrder(tuple(paths)) if paths else CollectOrder(), now, Collected())
            if now.hour == 11:
                order = replace(QUIET, letters=LetterOrder("reminder"))
                list(send_letters(folder, order, now))
                if not week:
                    list(send_letters(folder, order, now))  # a second run on one day reminds nobody twice
                for known in books.values():
                    known.reminded += now.weekday() < 5 and (known.came is None or known.errors > 0)
            board, merged = round_board(folder, now)
            check(board, books, week, now)
            stored = {path.name[:2] for path in merged.round.inbox.glob("*.xlsx")}
            assert {row.region for row in board.rows if row.returns.missing} == set(books) - stored
        merge_present_round(folder, at(week, 7, 8, 30), "zh")
        check(round_board(folder, at(week, 7, 8, 45))[0], books, week, at(week, 7, 8, 45))


def _mailed(folder: ProjectFolder, post: Path, sent: Sent, week: int) -> Path:
    """Write the mail with a return; a mistake is a task without its owner."""
    name, place = f"{sent.region}-{sent.at:%m%d-%H%M}", [*CONTACTS].index(sent.region)
    friday = MONDAY + timedelta(days=7 * week + 4)
    rows = [
        task(n, task_id=f"HD-2026-{week * 100 + place * 10 + n:03}", region=sent.region, due=date(2027, 3, 1),
             reported=min(sent.at.date(), friday), **({"owner": None} if n <= sent.mistakes else {}))
        for n in range(1, 5)
    ]  # fmt: skip
    cover: list[Row] = [{"reporter": "张立诚", "contact": "13800000000"}]
    saved = 1 + len([*post.glob(f"{sent.region}*.eml")])  # later than what the region has sent before
    path = a_return_of(
        post / f"{name}.xlsx", sent.region, {TASKS: rows, "cover.submission": cover}, day=saved,
        workbook=folder.project_file,
    )  # fmt: skip
    mail = mails.mail(
        {path.name: path.read_bytes()}, sender=f"{CONTACTS[sent.region]}@example.com", number=hash(name) % 10**9,
        received=f"{sent.at:%a, %d %b %Y %H:%M:%S %z}",
    )  # fmt: skip
    written = post / f"{name}.eml"
    written.write_bytes(mail)
    return written
