"""Reads .pdf through PDFium, which keeps Chinese characters what they are (others turn them into radicals)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from engine.evidence.facts import FEW

_MOST_PICTURES_LOOKED_AT = 200
_SPACE = re.compile(r"\s+")
_RADICALS = re.compile("[\u2e80-\u2fdf]")
# PDFium writes a hyphen that ends a line as U+0002 or U+FFFE.
_SOFT_HYPHEN = re.compile("[\x02\ufffe\xad]\r?\n?")
_UNREADABLE = re.compile("[\ufffd\uffff\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


class PdfLocked(Exception):
    """The file wants a password before it shows anything."""


class PdfDamaged(Exception):
    """PDFium cannot open it."""


@dataclass(frozen=True, kw_only=True)
class PdfText:
    """text: of all pages.  picture_pages: pages with hardly a word and a picture over most of them, or drawings only."""

    text: str
    pages: int
    picture_pages: int

    @property
    def garbled(self) -> bool:
        """Whether what came out is mostly not text: the fonts have no usable encoding."""
        bare = _SPACE.sub("", self.text)
        return len(_UNREADABLE.findall(bare)) * 10 > 3 * len(bare)


def read_pdf(path: Path) -> PdfText:
    """The text of a .pdf. Raises PdfLocked or PdfDamaged."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise PdfLocked from error
        raise PdfDamaged from error
    try:
        return _whole(document)
    finally:
        document.close()


def _whole(document: pypdfium2.PdfDocument) -> PdfText:
    texts, pictures = [], 0
    for number in range(len(document)):
        text, picture = _page(document, number)
        texts.append(text)
        pictures += picture
    return PdfText(text="\n".join(texts), pages=len(document), picture_pages=pictures)


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[str, bool]:
    """The text of one page, and whether its words are in a picture. A page that PDFium cannot load counts as a picture."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return "", True
    textpage = page.get_textpage()
    text = _mended(textpage.get_text_range())
    picture = len(_SPACE.sub("", text)) < FEW and _is_picture(page, bool(text.strip()))
    textpage.close()
    page.close()
    return text, picture


def _mended(text: str) -> str:
    text = _SOFT_HYPHEN.sub("", text)
    return _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _is_picture(page: pypdfium2.PdfPage, has_text: bool) -> bool:
    width, height = page.get_size()
    covered, others = 0.0, False
    for count, thing in enumerate(page.get_objects(max_depth=3)):
        if count > _MOST_PICTURES_LOOKED_AT:
            break
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        elif thing.type != pdfium.FPDF_PAGEOBJ_TEXT:
            others = True
    # Letters drawn as outlines: something is on the page, but no text at all.
    return covered * 2 >= width * height or (not has_text and (covered > 0 or others))
