"""The fresh profile that LibreOffice starts with: its language, and the fonts of a Chinese Windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Without the alias LibreOffice shows these fonts, which only Windows has, with DejaVu Sans, which has no Chinese.
FONTS = {
    "Microsoft YaHei": "Noto Sans CJK SC",
    "微软雅黑": "Noto Sans CJK SC",
    "DengXian": "Noto Sans CJK SC",
    "等线": "Noto Sans CJK SC",
    "SimSun": "Noto Serif CJK SC",
    "宋体": "Noto Serif CJK SC",
}

ALIAS = """\
  <match target="pattern">
    <test name="family" qual="any"><string>{wanted}</string></test>
    <edit name="family" mode="assign" binding="strong"><string>{there}</string></edit>
  </match>
"""

FONTCONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{aliases}</fontconfig>
"""

SETTINGS = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop>
  </item>
</oor:items>
"""


def write_profile(folder: Path, locale: str) -> tuple[Path, Path]:
    """Write a profile into an empty folder; return the profile and the font configuration."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(SETTINGS.format(locale=locale), encoding="utf-8")
    fonts = folder / "fonts.conf"
    aliases = "".join(ALIAS.format(wanted=wanted, there=there) for wanted, there in FONTS.items())
    fonts.write_text(FONTCONFIG.format(aliases=aliases), encoding="utf-8")
    return folder / "profile", fonts
