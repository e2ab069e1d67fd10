"""The words of a letter, in both languages."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from notifiers.base import Lang
from notifiers.samples import samples
from notifiers.texts import DutyLine, LaggardLine, LetterView, TextError, compose
from notifiers.wrap import columns
from tests.notifiers.gallery import write_gallery
from tests.notifiers.letters import parsed, part

LANGS: tuple[Lang, ...] = ("zh", "en")
ALL = [(lang, name) for lang in LANGS for name in samples(lang)]

DUTY = DutyLine(
    unit_name="第二党支部",
    task_title="领导点评",
    period_title="2010年第三季度",
    due_text="2010年9月30日（星期四）",
    days=-8,
    shortfall="986 字，还差 14 字",
    how="campaign submit 第二党支部 领导点评@2010-Q3 点评.docx",
)
VIEW = LetterView(
    lang="zh",
    recipient_name="李四",
    recipient_post="书记",
    campaign_title="创先争优",
    today_text="2010年10月8日（星期五）",
    office_name="活动办公室",
    office_address="office@example.org",
    full_list="campaign mine",
)


def due(days: int, count: int = 1) -> tuple[DutyLine, ...]:
    return (replace(DUTY, days=days),) * count


SUBJECTS = [
    ({"due_soon": due(0, 2), "overdue": due(-8)}, "2 项工作今天到期，1 项已逾期", "2 duties due today, 1 overdue"),
    ({"returned": due(3), "overdue": due(-8)}, "1 项工作被退回，1 项已逾期", "1 duty returned, 1 overdue"),
    ({"due_soon": due(0)}, "1 项工作今天到期", "1 duty due today"),
    ({"due_soon": due(1)}, "1 项工作即将到期，最近一项明天到期", "1 duty due soon, the first tomorrow"),
    ({"due_soon": due(9) + due(2)}, "2 项工作即将到期，最近一项还有 2 天", "2 duties due soon, the first in 2 days"),
    ({"overdue": due(-1), "due_soon": due(2)}, "1 项工作已逾期", "1 duty overdue"),
    ({"to_review": due(2), "opened": due(9, 3)}, "1 项工作等您审核，3 项新开始", "1 duty to review, 3 newly opened"),
    ({"told": due(0)}, "1 项工作有了结果", "1 duty decided"),
    ({"below": (LaggardLine(unit_name="甲", task_title="乙"),)}, "1 项下级工作尚未完成", "1 duty not done below you"),
    ({"notes": ("放假通知",)}, "通知", "A notice"),
]


@pytest.mark.parametrize(("parts", "zh", "en"), SUBJECTS)
def test_the_subject_says_the_most_pressing_thing(parts: dict[str, Any], zh: str, en: str) -> None:
    view = replace(VIEW, **parts)
    assert compose(view).subject == f"【创先争优】{zh}"
    assert compose(replace(view, lang="en")).subject == f"[创先争优] {en}"


def test_a_long_title_leaves_room_for_the_matter() -> None:
    view = replace(VIEW, campaign_title="深入开展创先争优活动" * 10, overdue=due(-8))
    subject = compose(view).subject
    assert subject.endswith("…】1 项工作已逾期") and columns(subject) <= 78


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
        "今天是2010年10月8日（星期五）。在“创先争优”中，下列事项请您留意。\n"
        "\n"
        "一、已经逾期，请尽快办理（1 项）\n"
        "\n"
        "1. 第二党支部：领导点评（2010年第三季度）\n"
        "   截止日期：2010年9月30日（星期四），已逾期 8 天\n"
        "   尚缺：986 字，还差 14 字\n"
        "   上报方式：campaign submit 第二党支部 领导点评@2010-Q3 点评.docx\n"
        "\n"
        "如果收到本邮件时已经办理完毕，请不必理会，无需再做任何事。\n"
        "如有疑问，请联系活动办公室（office@example.org）。\n"
        "本邮件由系统自动发出。\n"
    )


def test_the_english_letter_says_the_same() -> None:
    text = compose(samples("en")["returned"]).text
    for words in (
        "Dear Eve Ellis (head of the Third Station),",
        "A. Returned: please correct and hand in again (1)",
        "1. Northern District, Third Station: Half-year report (first half of 2010)",
        "   Due: Monday, 11 October 2010, 3 days left",
        "   First due: Monday, 20 September 2010",
        "   Missing: 986 characters, 14 more needed",
        "   Returned by: Ann Archer (district office)",
        "   Reason: 1. The section on remaining problems is missing.",
        "If it has been done by the time you read this, you need do nothing more.",
        "Questions? Please ask the campaign office (office@example.org).",
    ):
        assert f"\n{words}\n" in f"\n{text}", words


def test_the_parts_come_with_the_most_pressing_first_and_only_if_there_is_something() -> None:
    text = compose(samples("zh")["everything"]).text
    headings = re.findall(r"^[一二三四五六七八]、(.+)（1 项）", text, re.M)
    assert headings == ["被退回，请修改后重新上报", "已经逾期，请尽快办理", "今天到期", "即将到期", "等您审核", "新开始的工作", "办理结果"]
    assert compose(samples("zh")["result"]).text.count("、") == 1


def test_a_result_is_not_called_overdue_and_asks_for_nothing() -> None:
    composed = compose(samples("zh")["result"])
    assert "已接受" in composed.text
    assert "逾期" not in composed.text + composed.html and "请不必理会" not in composed.text


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_no_line_of_the_text_is_wider_than_78_columns(lang: Lang, name: str) -> None:
    assert max(columns(line) for line in compose(samples(lang)[name]).text.split("\n")) <= 78


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_text_and_page_tell_the_same_facts(lang: Lang, name: str) -> None:
    view = samples(lang)[name]
    composed = compose(view)
    page, text = (re.sub(r"\s", "", each) for each in (_text_of(composed.html), composed.text))
    latest = sorted(view.overdue, key=lambda duty: duty.days or 0)[:15]
    for duty in (*view.returned, *latest, *view.due_soon, *view.opened, *view.to_review, *view.told):
        for fact in (str(value) for name, value in asdict(duty).items() if name != "days"):
            assert re.sub(r"\s", "", fact) in page and re.sub(r"\s", "", fact) in text


@pytest.mark.parametrize(("overdue", "more"), [(14, 0), (15, 0), (16, 1), (300, 285)])
def test_a_long_list_is_cut_counted_and_says_where_the_whole_is(overdue: int, more: int) -> None:
    lines = tuple(replace(DUTY, days=-number) for number in range(1, overdue + 1))
    composed = compose(replace(VIEW, overdue=lines))
    said = f"还有 {more} 项没有列出。完整清单见：campaign mine"
    assert (said in composed.text) == (said in composed.html) == (more > 0)
    assert f"（{overdue} 项）" in composed.text and composed.subject == f"【创先争优】{overdue} 项工作已逾期"
    assert f"已逾期 {overdue} 天" in composed.text, "the longest overdue must be among those shown"
    assert len(composed.text.split("\n")) < 130


def test_without_a_list_the_office_is_asked() -> None:
    assert "完整清单请向活动办公室索取。" in compose(replace(VIEW, full_list="", overdue=due(-1, 16))).text


def test_a_superior_sees_who_is_behind() -> None:
    composed = compose(samples("zh")["superior"])
    assert "- 计算机学院学生第三党支部：领导点评（2010年第三季度），截止日期：" in composed.text
    assert "责任人：钱七" in composed.text.replace("\n  ", "") and "责任人：职务空缺" in composed.html


def test_very_long_names_keep_the_text_in_its_columns_and_whole() -> None:
    name = "中国共产党某某大学计算机科学与技术学院软件工程系学生第二支部委员会" * 6
    duty = replace(DUTY, unit_name=name, task_title=name, period_title=name, reason=name, how=f"campaign submit {name} {name}")
    view = replace(VIEW, recipient_name=name, recipient_post=name, campaign_title=name, returned=(duty,), office_name=name)
    text = compose(view).text
    assert max(columns(line) for line in text.split("\n") if "campaign" not in line and not line.startswith("     ")) <= 78
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
@pytest.mark.parametrize("field", [each.name for each in fields(DutyLine) if each.name != "days"])
def test_nothing_somebody_wrote_becomes_markup_or_template(field: str, words: str) -> None:
    changed: dict[str, Any] = {field: words}
    duty = replace(DUTY, **changed)
    view = replace(VIEW, returned=(duty,), told=(duty,), notes=(words,))
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
    message = parsed((tmp_path / "zh-pressing.eml").read_bytes())
    composed = compose(samples("zh")["pressing"])
    assert (message["Subject"], part(message, "plain"), part(message, "html")) == (composed.subject, composed.text, composed.html)


def test_an_office_replaces_a_sentence_and_the_rest_stays(tmp_path: Path) -> None:
    _write(tmp_path, "zh/closing.j2", "联系电话：0000-0000，{{ letter.office_name }} <内线>。\n")
    composed = compose(replace(VIEW, overdue=(DUTY,)), tmp_path)
    assert "联系电话：0000-0000，活动办公室 <内线>。" in composed.text and "如有疑问" not in composed.text
    assert "活动办公室 <内线>。" in composed.html, "the office's own markup stays markup"
    assert "一、已经逾期" in composed.text


def test_an_office_adds_to_a_house_text(tmp_path: Path) -> None:
    _write(tmp_path, "zh/opening.j2", '{% include "standard/zh/opening.j2" %}\n{{ letter.campaign_title }}已进入第三阶段。\n')
    text = compose(replace(VIEW, overdue=(DUTY,)), tmp_path).text
    assert "下列事项请您留意。\n创先争优已进入第三阶段。\n" in text


def test_what_is_written_in_an_offices_text_about_people_is_escaped_all_the_same(tmp_path: Path) -> None:
    _write(tmp_path, "zh/closing.j2", "{{ letter.office_name }}")
    assert "<b>x</b>" not in compose(replace(VIEW, office_name="<b>x</b>"), tmp_path).html


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
    path = _write(tmp_path, name, content)
    with pytest.raises(TextError) as raised:
        compose(replace(VIEW, overdue=(DUTY,)), tmp_path)
    assert (raised.value.file, raised.value.line) == (str(path), line)
    assert words in raised.value.say("en")
    assert raised.value.say("zh").startswith(f"邮件模板 {path}:{line}：")


def test_a_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "text.j2").write_bytes("您好".encode("gb18030"))
    with pytest.raises(TextError, match="UTF-8"):
        compose(VIEW, tmp_path)


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


def _write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path
