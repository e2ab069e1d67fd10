"""One duty by itself, in the words of a letter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from notifiers.errors import Lang
from notifiers.texts import compose, duty_text
from notifiers.trial import check_texts
from tests.notifiers.views import DUTY, VIEW

OFFICE = ("活动办公室", "office@example.org")


def test_a_duty_is_told_in_the_words_of_a_letter_without_being_wrapped() -> None:
    assert duty_text(DUTY, "due_soon", state="待办", office=OFFICE, lang="zh").splitlines() == [
        "第二党支部：领导点评（2010年第三季度）",
        "截止日期：2010年9月30日（周四）",
        "目前状态：待办",
        "上次未收：全文 986 字，还差 14 字（要求不少于 1000 字）。请补充后重新报送。",
        "上报方式：把材料发至 office@example.org，注明“GB05-01 领导点评 2010年第三季度”",
        "如有疑问，请联系活动办公室（office@example.org）。",
    ]


def test_what_a_letter_says_of_whoever_did_it_is_said_here_too() -> None:
    line = replace(
        DUTY, original_due_text="2010年9月15日（周三）", by="李四", reason="缺一节", paper="请索取", cite="三(一)", tried="", how=""
    )
    for kind, by in (("returned", "退回人：李四"), ("waived", "批准人：李四"), ("about_you", "办理人：李四")):
        said = duty_text(line, kind, state="已退回", office=("", ""), lang="zh").splitlines()
        assert said[2:] == ["原定日期：2010年9月15日（周三）", "目前状态：已退回", by, "理由：缺一节", "材料：请索取", "依据：三(一)"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whom_to_ask_is_said_as_in_a_letter(lang: Lang) -> None:
    view = replace(VIEW, lang=lang, due_soon=(DUTY,), office_name=OFFICE[0], office_address=OFFICE[1])
    last = duty_text(DUTY, "due_soon", state="x", office=OFFICE, lang=view.lang).splitlines()[-1]
    assert last in compose(view).text.splitlines()


def test_nothing_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "duty.j2").write_text("x", encoding="utf-8")
    assert [Path(error.file).name for error in check_texts(tmp_path).errors] == ["duty.j2"]
