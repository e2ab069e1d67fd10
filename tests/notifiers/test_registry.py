"""Which channels there are, and what a wrong configuration is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from notifiers.registry import NOTIFIERS, NotConfigured, make, options_of

URL = {"url": "https://robot.example.org/send?key=1"}
OPTIONS = {
    "smtp": {"host": "mail.example.org"},
    "maildir": {"folder": "unused"},
    "console": {},
    "dingtalk": URL,
    "wecom": URL,
    "feishu": URL,
    "webhook": URL | {"secret": "correct horse battery"},
}

ALL = ", ".join(sorted(NOTIFIERS))


@pytest.mark.parametrize("name", NOTIFIERS)
def test_every_channel_is_made_under_its_name_and_opens_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    channel = make(name, OPTIONS[name])
    assert channel.name == name
    channel.close()
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_channel_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(NotConfigured) as raised:
        make("smpt", {})
    assert raised.value.say("en") == f"There is no channel named smpt. Did you mean smtp? Known: {ALL}."
    assert raised.value.say("zh") == f"没有名为 smpt 的通知方式。是否指 smtp？可用的有：{ALL.replace(', ', '、')}。"


@pytest.mark.parametrize("name", NOTIFIERS)
def test_an_unknown_option_is_refused(name: str) -> None:
    with pytest.raises(NotConfigured, match="named colour"):
        make(name, OPTIONS[name] | {"colour": "red"})


@pytest.mark.parametrize("name", NOTIFIERS)
def test_every_channel_says_which_options_it_has(name: str) -> None:
    known = options_of(name)
    assert set(OPTIONS[name]) <= set(known)
    # It may still not be content with the values.
    for option in known:
        try:
            make(name, OPTIONS[name] | {option: "1"}).close()
        except NotConfigured as error:
            assert "named" not in error.say("en")


def test_a_channel_is_loaded_only_when_it_is_made_and_jinja2_not_at_all() -> None:
    program = (
        "import sys; from notifiers.registry import make; before = set(sys.modules); make('console', {});"
        "print('notifiers.smtp' in before, {'smtplib', 'httpx', 'jinja2'} & set(sys.modules) != set(), 'notifiers.console' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert run.stdout.split() == ["False", "False", "True"]


def test_the_room_imports_nothing_of_the_engine() -> None:
    room = Path(__file__).parents[2] / "notifiers"
    lines = [line.split() for path in room.rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 500
    assert [line for line in lines if line[:1] in (["import"], ["from"]) and line[1].split(".")[0] == "engine"] == []
