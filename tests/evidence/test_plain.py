"""Reading .txt and .md."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.evidence.child import read

TEXT = "一、成绩\n我们做了很多工作。\n二、问题\n还有不足。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_chinese_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    facts = read(path, "txt", "txt")
    assert (facts.readable, facts.words, facts.han) == ("yes", 22, 18)
    assert facts.headings == ("一、成绩", "二、问题")


def test_a_short_gbk_text_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("总结".encode("gbk"))
    assert read(path, "txt", "txt").text == "总结"


@pytest.mark.parametrize("content", ["abc总结".encode("utf-16-le"), b"\xff\xff\xff", bytes(range(256)), b"abc\0def"])
def test_bytes_that_are_no_text_have_an_unknown_encoding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    facts = read(path, "txt", "txt")
    assert facts.reason is not None
    assert (facts.readable, facts.reason.code) == ("no", "unknown-encoding")


@pytest.mark.parametrize("content", [b" \r\n\t", "\ufeff".encode(), "\u3000\n".encode()])
def test_a_text_without_a_word_is_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    facts = read(path, "txt", "txt")
    assert facts.reason is not None
    assert facts.reason.code == "empty"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# 成绩", "成绩"),
        ("## 成绩 ##", "成绩"),
        ("**重点**和*强调*", "重点和强调"),
        ("`a_b` 与 a_b_c", "a_b 与 a_b_c"),
        ("- 一条\n* 两条", "一条\n两条"),
        ("> 引用", "引用"),
        ("[文字](http://example.org/x)", "文字"),
        ("![图](a.png)后", "图后"),
        ("| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |", "甲   乙\n丙   丁"),
        ("前\n\n---\n\n后", "前\n后"),
        ("```python\n# 注释\n```\n完", "# 注释\n完"),
        ("<b>粗</b><!-- 注 -->", "粗"),
        ("成绩\n====\n好", "成绩\n好"),
    ],
)
def test_markdown_is_counted_without_its_signs(tmp_path: Path, markdown: str, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(markdown, encoding="utf-8")
    assert read(path, "md", "md").text == text


def test_markdown_headings_have_their_level_but_not_inside_code(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 总结\n\n## 成绩\n做了很多工作。\n\n```\n# 不是标题\n```\n\n问题\n----\n有。\n", encoding="utf-8")
    facts = read(path, "md", "md")
    assert [(s.heading, s.depth, s.sign) for s in facts.sections] == [("总结", 1, "styled"), ("成绩", 2, "styled"), ("问题", 2, "styled")]
