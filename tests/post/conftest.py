"""A project folder with the example round generated, made once; every test gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.post.mail_server import PASSWORD, MailServer, mail_server
from xlsflow.pipeline.generate import Order
from xlsflow.project_folder.folder import ProjectFolder
from xlsflow.project_folder.setup import generate_round, init_folder

MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
"""When the example round begins."""


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "my-project"
    generate_round(init_folder(path, lang="zh", example=True), Order(), MONDAY)
    return path


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> ProjectFolder:
    return ProjectFolder(shutil.copytree(made_folder, tmp_path / "my-project"))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.setenv("XLSFLOW_SMTP_PASSWORD", PASSWORD)
    with mail_server(tmp_path) as running:
        yield running
