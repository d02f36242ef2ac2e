"""The settings of post: every mistake is named, secrets are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlsflow.errors import InputError
from xlsflow.post.settings import load_settings
from xlsflow.system.package_data import package_data_path


def load(tmp_path: Path, text: str) -> object:
    (tmp_path / "xlsflow.toml").write_text(text, "utf-8")
    return load_settings(tmp_path / "xlsflow.toml")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_that_is_written_can_be_read_with_and_without_its_signs(tmp_path: Path, lang: str) -> None:
    text = package_data_path(f"post/texts/settings.{lang}.toml").read_text("utf-8")
    assert load(tmp_path, text) == load_settings(tmp_path / "none.toml")
    head, _, rest = text.partition("[post]")
    settings = load_settings_of(tmp_path, head + "[post]" + rest.replace("\n# ", "\n"))
    assert settings.smtp
    assert settings.smtp.host == "smtp.example.com"
    assert settings.imap
    assert settings.robots["group"].service == "wecom"


def load_settings_of(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    load(tmp_path, text)
    return load_settings(tmp_path / "xlsflow.toml")


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("[smtp]\nhost = 'a'\npassword = 'x'", "setting_is_secret", "smtp.password"),
        ("[robots.a]\nurl = 'https://x'", "setting_is_secret", "robots.a.url"),
        ("[smtp]\nhots = 'a'", "setting_unknown", "smtp.hots"),
        ("[smtp]\nport = 25", "setting_wrong", "smtp.host"),
        ("[smtp]\nhost = 'a'\nport = '25'", "setting_wrong", "smtp.port"),
        ("[smtp]\nhost = 'a'\nsecurity = 'ssl'", "setting_wrong", "smtp.security"),
        ("[smtp]\nhost = 'a'\nper_minute = 0", "setting_wrong", "smtp.per_minute"),
        ('[robots."群"]\n', "setting_wrong", "robots.群"),
        ("[post]\nworking_hours = '18:00-09:00'", "setting_wrong", "post.working_hours"),
        ("[post]\nworking_hours = '25:00-26:00'", "setting_wrong", "post.working_hours"),
        ("post = 1", "setting_wrong", "post"),
        ("[smtp", "settings_unreadable", ""),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, code: str, named: str) -> None:
    with pytest.raises(InputError) as wrong:
        load(tmp_path, text)
    assert wrong.value.code == code
    assert named in wrong.value.say("zh")
    assert "'x'" not in wrong.value.say("en")
