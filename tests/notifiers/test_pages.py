"""Every sample letter as a mail program shows it: valid HTML, and nothing that would be fetched from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tinyhtml5.parser import HTMLParser

from notifiers.base import as_mime
from notifiers.errors import Lang
from notifiers.samples import samples
from notifiers.texts import compose
from notifiers.wrap import columns
from tests.notifiers import gallery

LANGS: tuple[Lang, ...] = ("zh", "en")
ALL = [(lang, name) for lang in LANGS for name in samples(lang)]

# What a letter is made of; whatever else HTML has could fetch, run or send something, or is not shown by mail programs.
_STYLED = ("body", "table", "tr", "td", "th", "p", "h2", "ul", "li", "div", "span", "strong", "a", "br")
_ATTRIBUTES = {tag: {"style"} for tag in _STYLED} | {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "tbody": set(),
    "table": {"style", "class"},
    "th": {"style", "scope"},
    "a": {"style", "href"},
}
_FETCHING_CSS = re.compile(r"url\s*\(|@import|@font-face|image-set|expression|behavior|-moz-binding|\\", re.IGNORECASE)


def faults(html: str) -> list[str]:
    """What the parser of the HTML standard has to find fault with."""
    parser = HTMLParser()
    parser.parse(html)
    return [f"line {line}, column {column}: {code} {values or ''}" for (line, column), code, values in parser.errors]


def elements(html: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Every element as a browser builds it: its name, attributes and text."""
    root: Any = HTMLParser().parse(html)
    for element in root.iter():
        yield element.tag.rpartition("}")[2], dict(element.attrib), element.text or ""


def strangers(html: str) -> list[str]:
    """Whatever is in the page that a letter has no need of, or that could load something."""
    found = []
    for tag, attributes, text in elements(html):
        found += [tag] if tag not in _ATTRIBUTES else [f"{tag} {name}" for name in attributes if name not in _ATTRIBUTES[tag]]
        style = text if tag == "style" else attributes.get("style", "")
        found += [f"{tag} {rule}" for rule in _FETCHING_CSS.findall(style)]
        found += [f"{tag} http" for value in (style, attributes.get("content", "")) if "//" in value]
    return found


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_every_letter_is_valid_html_and_loads_nothing(lang: Lang, name: str) -> None:
    html = compose(samples(lang)[name]).html
    assert faults(html) == [] and strangers(html) == []
    assert not re.search(r"https?:", html), "no sample has an address on the web in it"


BROKEN = [
    ("<p>x<table><tr><td>1</td></tr></table></p>", "unexpected-end-tag"),
    ("<div><p>x</div></span>", "unexpected-end-tag"),
    ('<p style="a" style="b">x</p>', "duplicate-attribute"),
    ("<p>R&D &nosuch; x</p>", "expected-named-entity"),
    ("<table><tr><td>x</td></tr>", "eof-in-table"),
    ("<p><strong>x</p></strong>", "adoption-agency"),
]


@pytest.mark.parametrize(("body", "code"), BROKEN)
def test_broken_html_is_found_out(body: str, code: str) -> None:
    found = faults(f'<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{body}</body></html>')
    assert any(code in fault for fault in found), found


FETCHING = [
    ('<img src="https://example.org/pixel.gif">', "img"),
    ("<script>1</script>", "script"),
    ('<table background="https://example.org/b.png"></table>', "table background"),
    ('<p style="background: URL (//example.org/b)">x</p>', "p URL ("),
    ("<style>@import 'x.css';</style>", "style @import"),
    ('<link rel="stylesheet" href="x.css">', "link"),
    ('<meta http-equiv="refresh" content="0">', "meta http-equiv"),
    ('<meta name="x" content="//example.org/b">', "meta http"),
    ('<p onclick="x()">x</p>', "p onclick"),
    ('<form action="x"><input></form>', "form"),
    ("<svg></svg>", "svg"),
]


@pytest.mark.parametrize(("body", "stranger"), FETCHING)
def test_whatever_would_be_fetched_or_run_is_found_out(body: str, stranger: str) -> None:
    assert stranger in strangers(f"<!DOCTYPE html><html><head><title>x</title></head><body>{body}</body></html>")


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_a_letter_is_its_text_and_its_page_and_nothing_is_attached(lang: Lang, name: str) -> None:
    message = as_mime(gallery.letter(name, lang, compose(samples(lang)[name])), gallery.NOW)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_the_text_stays_within_80_columns_even_with_the_blanks_that_nobody_sees(lang: Lang, name: str) -> None:
    composed = compose(samples(lang)[name])
    assert max(columns(line) for line in composed.text.split("\n")) <= 80
    assert columns(composed.subject) <= 60
