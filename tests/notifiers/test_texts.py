"""The words of a letter, in both languages."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from notifiers.errors import Lang
from notifiers.samples import samples
from notifiers.texts import TextError, Texts, compose
from notifiers.trial import check_texts
from notifiers.views import DutyLine
from notifiers.wrap import columns
from tests.notifiers.gallery import write_gallery
from tests.notifiers.letters import parsed, part
from tests.notifiers.views import DUTY, LAGGARD, VIEW, due

LANGS: tuple[Lang, ...] = ("zh", "en")
ALL = [(lang, name) for lang in LANGS for name in samples(lang)]

WORDS_OF_DAYS = [
    (-2, "已逾期 2 天", "2 days overdue"),
    (-1, "已逾期 1 天", "1 day overdue"),
    (0, "今天到期", "due today"),
    (1, "明天到期", "due tomorrow"),
    (2, "还有 2 天", "2 days left"),
]


@pytest.mark.parametrize(("days", "zh", "en"), WORDS_OF_DAYS)
def test_the_days_to_the_due_day_are_said_in_words(days: int, zh: str, en: str) -> None:
    view = replace(VIEW, returned=due(days))
    for lang, words in zip(LANGS, (zh, en), strict=True):
        composed = compose(replace(view, lang=lang))
        assert words in composed.text and words in composed.html


def test_a_letter_says_what_is_owed_the_shortfall_the_weekday_how_and_whom_to_ask() -> None:
    composed = compose(replace(VIEW, overdue=(DUTY,)))
    assert composed.text == (
        "李四（书记），您好！\n"
        "今天是2010年10月8日（周五）。关于“创先争优”，下列事项请您留意。\n"
        "\n"
        "一、已经逾期，请尽快办理（1 项）\n"
        "\n"
        "1. 第二党支部：领导点评（2010年第三季度）\n"
        "   截止日期：2010年9月30日（周四），已逾期 8 天\n"
        "   目前状态：尚未上报\n"
        "   上次未收：全文 986 字，还差 14 字（要求不少于 1000 字）。请补充后重新报送。\n"
        "   上报方式：把材料发至 office@example.org，注明 \n"
        "   “GB05-01 领导点评 2010年第三季度”\n"
        "\n"
        "如果收到本邮件时已经办理完毕，请不必理会，无需再做任何事。\n"
        "如有疑问，请联系活动办公室（office@example.org）。\n"
        "本邮件由系统自动发出。\n"
    )


ENGLISH = {
    "returned": (
        "Dear Dora Dyer (head, Club No. 2000),",
        "Today is 7 Jun 2010 (Mon). From the campaign “Spring safety check”:",
        "A. Returned: please correct and hand in again (1)",
        "1. Club No. 2000: Safety report",
        "   Due: 10 Jun 2010 (Thu), 3 days left",
        "   Returned by: Bob Baker",
        "   Reason: The aims are vague.",
        "     Say what is to be reached, and who sees to it.",
        "   Source: “Safety plan 2010”: part III, item 2; part IV",
        "If it has been done by the time you read this, you need do nothing more.",
        "Questions? Please ask Campaign Office (office@example.org).",
    ),
    "soon": ("   State: not handed in",),
    "review": ("   Was due: 10 Jun 2010 (Thu)", "   State: waiting for your review", "   Handed in by: Dora Dyer"),
    "result": ("A. Done about your unit, for your information (1)", "   By: Bob Baker, 27 Sep 2010 (Mon)"),
    "waived": ("   State: nothing to hand in", "   Reason: Nobody is left to do it."),
    "extended": ("   New date: 18 Jun 2010 (Fri), 11 days left", "   First due: 10 Jun 2010 (Thu)"),
    "extended_tomorrow": ("   Due: 18 Jun 2010 (Fri), due tomorrow", "   First due: 10 Jun 2010 (Thu)"),
    "extended_below": ("  due 18 Jun 2010 (Fri), first due: 10 Jun 2010 (Thu), 7 days overdue",),
    "denied": ("   Due: 10 Jun 2010 (Thu), 3 days left", "   State: it is still due as before", "   “L04 Safety report”"),
    "name_reviewer": ("   State: handed in by its own reviewer; please name another",),
    "office": ("- Nobody above these units is mailed, so this comes to Campaign Office.",),
}


@pytest.mark.parametrize("name", ENGLISH)
def test_the_english_letter_says_the_same(name: str) -> None:
    text = compose(samples("en")[name]).text
    for words in ENGLISH[name]:
        assert f"\n{words}\n" in f"\n{text}", words


def test_no_english_letter_has_a_chinese_comma() -> None:
    assert not any("、" in compose(view).text for view in samples("en").values())


HEADINGS = {
    "returned": "被退回，请修改后重新上报",
    "reopened": "已重新开放，请补办",
    "overdue": "已经逾期，请尽快办理",
    "due_soon": "即将到期",
    "to_review": "等您审核",
    "to_name": "请另行指定审核人",
    "closed": "被退回，但截止时间已过",
    "extended": "已延期",
    "waived": "已免报",
    "about_you": "上级已办结，送您阅知",
    "delivered": "已办结，送您阅知",
    "below": "下级单位尚未完成的工作",
}


def test_the_parts_come_with_the_most_pressing_first_and_only_if_there_is_something() -> None:
    parts: dict[str, Any] = {name: (LAGGARD,) if name == "below" else due(3) for name in reversed(HEADINGS)}
    text = compose(replace(VIEW, **parts)).text
    assert re.findall(r"^[一二三四五六七八九十]+、(.+)（1 项）", text, re.M) == list(HEADINGS.values())
    assert compose(replace(VIEW, waived=due(3))).text.count("、") == 1


@pytest.mark.parametrize("part", ["waived", "about_you", "delivered", "closed"])
def test_what_is_over_is_not_called_overdue_and_asks_for_nothing(part: str) -> None:
    over: dict[str, Any] = {part: (replace(DUTY, days=None, due_text="", due_day=""),)}
    composed = compose(replace(VIEW, **over))
    assert "逾期" not in composed.text + composed.html and "截止日期" not in composed.text and "请不必理会" not in composed.text


def test_the_reviewer_is_told_the_owners_date_without_days_left() -> None:
    text = compose(samples("zh")["review"]).text
    assert "   上报截止：2010年6月10日（周四）\n" in text
    assert "逾期" not in text and "还有" not in text


@pytest.mark.parametrize(("days", "red"), [(-1, True), (0, True), (1, True), (2, False)])
def test_the_days_left_are_red_only_when_late_or_within_a_day(days: int, red: bool) -> None:
    html = compose(replace(VIEW, returned=due(days))).html
    assert ("color:#a61b1b;font-weight:bold;" in html) is red


def test_the_last_laggard_has_no_rule_below_it() -> None:
    html = compose(replace(VIEW, below=tuple(replace(LAGGARD, days=-days) for days in (1, 2, 3)))).html
    assert html.count("border-bottom:1px solid") == 2


def test_from_the_tenth_on_rows_stand_under_the_first_word_too() -> None:
    lines = compose(replace(VIEW, overdue=due(-1, 10))).text.split("\n")
    ninth, tenth = (next(place for place, line in enumerate(lines) if line.startswith(f"{n}. ")) for n in (9, 10))
    assert lines[ninth + 1].startswith("   截止日期") and lines[tenth + 1].startswith("    截止日期")


def test_a_mark_and_an_address_stay_whole() -> None:
    mark = "GB05-01 领导点评 2010年第三季度"
    for padding in range(1, 40):
        how = f"{'字' * padding}发至 office.long-name@example.org，注明“{mark}”"
        composed = compose(replace(VIEW, overdue=(replace(DUTY, how=how),)))
        assert mark in composed.text and "office.long-name@example.org" in composed.text
    unbroken = '<span style="display:inline-block;max-width:100%;overflow-wrap:anywhere;">'
    html = compose(replace(VIEW, overdue=(DUTY,))).html
    assert f"{unbroken}“{mark}”</span>" in html and f"{unbroken}office@example.org，</span>" in html


def test_the_title_of_a_campaign_keeps_its_quotation_marks_apart() -> None:
    assert "关于“开展‘创先争优’活动”，" in compose(replace(VIEW, campaign_title="开展“创先争优”活动")).text


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_no_line_of_the_text_is_wider_than_78_columns(lang: Lang, name: str) -> None:
    assert max(columns(line.rstrip()) for line in compose(samples(lang)[name]).text.split("\n")) <= 78


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_text_and_page_tell_the_same_facts(lang: Lang, name: str) -> None:
    view = samples(lang)[name]
    composed = compose(view)
    page, text = (re.sub(r"\s", "", each) for each in (_text_of(composed.html), composed.text))
    for line in (line for each in HEADINGS for line in sorted(getattr(view, each), key=lambda one: one.days or 0)[:20]):
        for fact in (value for name, value in asdict(line).items() if isinstance(value, str) and name not in ("due_day", "mark", "task")):
            assert re.sub(r"\s", "", fact) in page and re.sub(r"\s", "", fact) in text


@pytest.mark.parametrize(("overdue", "more"), [(19, 0), (20, 0), (21, 1), (300, 280)])
def test_a_long_list_is_cut_counted_and_says_whom_to_ask_for_the_whole(overdue: int, more: int) -> None:
    lines = tuple(replace(DUTY, days=-number) for number in range(1, overdue + 1))
    composed = compose(replace(VIEW, overdue=lines))
    said = f"还有 {more} 项没有列出。完整清单请向活动办公室索取。"
    assert (said in composed.text) == (said in composed.html) == (more > 0)
    assert f"（{overdue} 项）" in composed.text and composed.subject == f"{overdue} 项工作已逾期【创先争优】"
    assert f"已逾期 {overdue} 天" in composed.text, "the longest overdue must be among those shown"


def test_whoever_runs_the_program_is_told_the_command_instead() -> None:
    text = compose(replace(VIEW, full_list="campaign stuck --all", office_name="", overdue=due(-1, 21))).text
    assert "完整清单见：campaign stuck --all" in text and "如有疑问" not in text


def test_a_superior_sees_who_is_behind_and_about_whom() -> None:
    composed = compose(replace(VIEW, below=(LAGGARD, replace(LAGGARD, about="", reviewing=True))))
    assert "- 信息工程学院党总支（陈慧敏）未办：对2009级本科生党支部的领导点评，" in composed.text
    assert "- 信息工程学院党总支（陈慧敏）未审核：领导点评，" in composed.text
    assert "<strong>信息工程学院党总支（陈慧敏）</strong>未办：对2009级本科生党支部的领导点评" in composed.html
    english = compose(replace(VIEW, lang="en", below=(LAGGARD,)))
    assert "<strong>信息工程学院党总支 (陈慧敏)</strong> has not done: 领导点评, about 2009级本科生党支部" in english.html
    reviewing = compose(replace(VIEW, lang="en", below=(replace(LAGGARD, reviewing=True),)))
    assert "has not reviewed: 领导点评 of 2009级本科生党支部" in reviewing.html


def test_of_a_review_that_is_late_it_is_said_since_when_it_waits_and_no_date_of_the_hand_in() -> None:
    waiting = replace(LAGGARD, days=None, due_text="", reviewing=True, waits_from="2010年6月12日（周六）")
    zh, en = compose(replace(VIEW, below=(waiting,))), compose(replace(VIEW, lang="en", below=(waiting,)))
    for words in (zh.text, zh.html):
        assert "2010年6月12日（周六）起待审核" in "".join(words.split()) and "截止日期" not in words
    for words in (en.text, en.html):
        assert "handed in on 2010年6月12日（周六）" in " ".join(words.split()) and "overdue" not in words


def test_very_long_names_keep_the_text_in_its_columns_and_whole() -> None:
    name = "中国共产党某某大学计算机科学与技术学院软件工程系学生第二支部委员会" * 6
    duty = replace(DUTY, unit_name=name, task_title=name, period_title=name, reason=name, how=f"把材料交给{name}", mark=name)
    view = replace(VIEW, recipient_name=name, recipient_post=name, campaign_title=name, returned=(duty,), office_name=name)
    text = compose(view).text
    assert max(columns(line.rstrip()) for line in text.split("\n")) <= 78
    assert re.sub(r"\s", "", text).count(name) >= 8


def test_a_reason_keeps_its_paragraphs_and_other_words_stay_on_one_line() -> None:
    duty = replace(DUTY, reason="第一，缺一节。\r\n第二，字数不足。", unit_name="第二\n党支部", task_title="领导\x1b点评\u202e")
    text = compose(replace(VIEW, returned=(duty,))).text
    assert "   理由：第一，缺一节。\n     第二，字数不足。\n" in text
    assert "1. 第二 党支部：领导 点评（" in text


ATTACKS = [
    *("<script>alert(1)</script>", "<img src=http://x.example.org/y>", '"><b>', "&lt;"),
    *("{{ 7*7 }}", "{% raw %}", "javascript:alert(1)"),
]


@pytest.mark.parametrize("words", ATTACKS)
@pytest.mark.parametrize("field", [each.name for each in fields(DutyLine) if each.name not in ("days", "act", "due_day")])
def test_nothing_somebody_wrote_becomes_markup_or_template(field: str, words: str) -> None:
    changed: dict[str, Any] = {field: words}
    duty = replace(DUTY, **changed)
    view = replace(VIEW, returned=(duty,), about_you=(duty,), notes=(words,))
    view = replace(view, campaign_title=words, recipient_name=words, office_name=words)
    composed = compose(view)
    page = _checked(composed.html)
    assert page.tags.isdisjoint({"script", "img", "b"}) and not page.links
    assert words in composed.text and words in page.text


@pytest.mark.parametrize("how", ["http://campaign.example.org/a?b=1&c=2", "https://campaign.example.org/上报"])
def test_an_address_on_the_web_can_be_clicked(how: str) -> None:
    assert _checked(compose(replace(VIEW, overdue=(replace(DUTY, how=how),))).html).links == [how]


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_the_page_is_well_formed_and_loads_nothing_from_outside(lang: Lang, name: str) -> None:
    html = compose(samples(lang)[name]).html
    page = _checked(html)
    assert html.startswith("<!DOCTYPE html>\n")
    assert page.attributes[0] == ("html", "lang", {"zh": "zh-CN", "en": "en"}[lang])
    assert ("meta", "name", "viewport") in page.attributes and ("meta", "charset", "utf-8") in page.attributes
    assert page.tags <= _KNOWN_TAGS
    assert not [each for each in page.attributes if each[1] in ("src", "background", "bgcolor", "width", "cellpadding", "onclick")]
    assert "url(" not in html and "@import" not in html and "@media print" in html


def test_the_samples_as_mail_read_back_as_composed(tmp_path: Path) -> None:
    written = write_gallery(tmp_path)
    assert len(written) == 3 * len(ALL) == len(list(tmp_path.iterdir()))
    message = parsed((tmp_path / "zh-overdue.eml").read_bytes())
    composed = compose(samples("zh")["overdue"])
    assert (message["Subject"], part(message, "plain"), part(message, "html")) == (composed.subject, composed.text, composed.html)


def test_an_office_replaces_a_sentence_and_the_rest_stays(tmp_path: Path) -> None:
    _write(tmp_path, "zh/closing.j2", "联系电话：0000-0000，{{ letter.office_name }} <内线>。\n")
    composed = compose(replace(VIEW, overdue=(DUTY,)), own(tmp_path))
    assert "联系电话：0000-0000，活动办公室 <内线>。" in composed.text and "如有疑问" not in composed.text
    assert "活动办公室 <内线>。" in composed.html, "the office's own markup stays markup"
    assert "一、已经逾期" in composed.text


def test_an_office_adds_to_a_house_text(tmp_path: Path) -> None:
    _write(tmp_path, "zh/opening.j2", '{% include "standard/zh/opening.j2" %}\n{{ letter.campaign_title }}已进入第三阶段。\n')
    text = compose(replace(VIEW, overdue=(DUTY,)), own(tmp_path)).text
    assert "下列事项请您留意。\n创先争优已进入第三阶段。\n" in text


def test_what_is_written_in_an_offices_text_about_people_is_escaped_all_the_same(tmp_path: Path) -> None:
    _write(tmp_path, "zh/closing.j2", "{{ letter.office_name }}")
    assert "<b>x</b>" not in compose(replace(VIEW, office_name="<b>x</b>"), own(tmp_path)).html


MISTAKES = [
    ("zh/closing.j2", "一\n二\n{{ lettre.office_name }}\n", 3, "lettre"),
    ("zh/closing.j2", "一\n{{ letter.office }}\n", 2, "office"),
    ("zh/subject.j2", "{% if counts.returnd %}x{% endif %}", 1, "returnd"),
    ("zh/text.j2", "一\n\n{% for line in sections %}\n{{ line.title }}\n{% endfor %}", 4, "title"),
    ("html.j2", "<p>\n{% if %}", 2, "Expected an expression"),
    ("text.j2", "{{ 1 / 0 }}", 1, "division"),
    ("text.j2", "一\n{{ letter.__class__.__mro__ }}", 2, "unsafe"),
    ("text.j2", "一\n{{ ''.__class__ }}", 2, "unsafe"),
    ("text.j2", "{% include 'absent.j2' %}", 1, "absent.j2"),
    ("text.j2", "一\n{% include 'text.j2' %}", 2, "recursion"),
    ("text.j2", "{{ range(999999999) | list }}", 1, "Range too big"),
]


@pytest.mark.parametrize(("name", "content", "line", "words"), MISTAKES)
def test_a_mistake_in_an_offices_text_is_told_with_file_and_line(tmp_path: Path, name: str, content: str, line: int, words: str) -> None:
    _write(tmp_path, name, content)
    with pytest.raises(TextError) as raised:
        compose(replace(VIEW, overdue=(DUTY,)), own(tmp_path))
    assert (raised.value.file, raised.value.line) == (name, line)
    assert words in raised.value.say("en")
    assert raised.value.say("zh").startswith(f"邮件模板 {name}:{line}：")
    assert raised.value.within(tmp_path).file == str(tmp_path / name)


def test_a_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "text.j2").write_bytes("您好".encode("gb18030"))
    [error] = check_texts(tmp_path).errors
    assert "UTF-8" in str(error) and error.file == str(tmp_path / "zh" / "text.j2")


_VOID = {"meta", "br"}
_KNOWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "table", "tr", "td", "th"),
    *("p", "h2", "ul", "li", "div", "span", "strong", "a", "br"),
}
# What may stand directly in what: a table in a paragraph, say, would be torn apart by a browser.
_PARENTS = {"tr": {"table"}, "td": {"tr"}, "th": {"tr"}, "li": {"ul"}, "table": {"body", "td"}, "p": {"td", "div"}, "h2": {"td"}}


class _Page(HTMLParser):
    """Fails on a tag that is not closed, closed too often or stands where it may not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.links: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not self.open or self.open[-1] in _PARENTS.get(tag, {self.open[-1]}), f"{tag} in {self.open[-1]}"
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.links += [value for name, value in attrs if name == "href"]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("table", "tr", "ul"):
            assert not data.strip(), "words between cells"
        if "style" not in self.open:
            self.text += data


def _checked(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def _text_of(html: str) -> str:
    return _checked(html).text


def own(folder: Path) -> Texts:
    """The templates that lie in a folder, sound or not."""
    return check_texts(folder).texts


def _write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path
