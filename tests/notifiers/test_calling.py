"""In a group one person can be called by what she is known by there, and never everybody."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.notifiers.letters import NOW, letter
from tests.notifiers.services import ROBOTS, Meet, Service


def said(state: Service) -> str:
    """The whole of what the group was last told, as it was posted."""
    return state.taken[-1].body.decode()


def calls(state: Service) -> Any:
    """Whom the group was last told to look up."""
    values: Any = state.taken[-1].values
    match values.get("msgtype"):
        case "text" if "at" in values:
            return values["at"]
        case "text":
            return {name: whom for name, whom in values["text"].items() if name != "content"}
        case "markdown":
            return re.findall("<@[^>]*>", values["markdown"]["content"])
    return [one["user_id"] for line in values["content"]["post"]["zh_cn"]["content"] for one in line if one["tag"] == "at"]


CALLED = [
    ("dingtalk", "13800001111", {"isAtAll": False, "atMobiles": ["13800001111"]}),
    ("dingtalk", "+852-51234567", {"isAtAll": False, "atMobiles": ["+852-51234567"]}),
    ("dingtalk", "manager4220", {"isAtAll": False, "atUserIds": ["manager4220"]}),
    ("wecom", "13800001111", {"mentioned_mobile_list": ["13800001111"]}),
    ("wecom", "li.si", {"mentioned_list": ["li.si"]}),
    ("feishu", "ou_84aad35d084aa403a838cf73ee18467", ["ou_84aad35d084aa403a838cf73ee18467"]),
]
NOBODY = {"dingtalk": {"isAtAll": False}, "wecom": {}, "feishu": []}


@pytest.mark.parametrize(("name", "contact", "asked"), CALLED)
def test_whoever_has_a_contact_there_is_called_by_it(meet: Meet, name: str, contact: str, asked: object) -> None:
    notifier, state = meet(name)
    notifier.send(letter(contact=contact), NOW)
    assert calls(state) == asked
    # DingTalk shows her name only where the text holds what she is called by.
    assert (f" @{contact}\\n" in said(state)) == (name == "dingtalk")


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize("contact", ["", "all", "@all", "ALL", "everyone", "a b", 'x"><at', "x" * 65])
def test_nobody_else_and_never_the_whole_group_is_called(meet: Meet, name: str, contact: str) -> None:
    notifier, state = meet(name)
    notifier.send(letter(contact=contact), NOW)
    assert calls(state) == NOBODY[name]


@pytest.mark.parametrize(("contact", "asked"), [("li.si", ["<@li.si>"]), ("13800001111", [])])
def test_in_a_long_letter_wecom_calls_by_an_id_only(meet: Meet, contact: str, asked: list[str]) -> None:
    notifier, state = meet("wecom")
    notifier.send(letter(text="长" * 1300, contact=contact), NOW)
    assert calls(state) == asked


@pytest.mark.parametrize("name", ROBOTS)
def test_a_letter_that_is_cut_still_calls_her(meet: Meet, name: str) -> None:
    notifier, state = meet(name)
    notifier.send(letter(text="一行一行的字\n" * 4000, contact="li.si"), NOW)
    assert "li.si" in str(calls(state)) and "群消息放不下" in said(state)
