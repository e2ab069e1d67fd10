"""The child process that opens documents: `python -m engine.evidence.child MEMORY`.

It reads one job a line from its input, {"path", "format", "suffix", "seconds"}, and writes the facts of that file as one line of JSON.
It limits itself: MEMORY bytes of address space, processor seconds per job, no file may be written. Whatever kills it kills nobody else.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from engine.evidence import kinds
from engine.evidence.counting import count_han, count_words, visible
from engine.evidence.facts import FEW, MOST_TEXT, DocumentFacts
from engine.evidence.headings import Line, outline
from engine.evidence.plain import decode, markdown_lines, text_lines
from engine.evidence.reasons import unread, wrong_type
from engine.evidence.word import Hostile, Locked, NoDocument, read_word

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, expat.ExpatError, UnicodeError, OSError)


def read(path: Path, format: str, suffix: str) -> DocumentFacts:
    """The facts of one file. format: which reader, 'docx', 'ole', 'pdf', 'txt' or 'md'. Crashes are the caller's business."""
    said = "doc" if format == "ole" else format
    try:
        return _READERS[format](path, suffix)
    except Locked:
        return unread("encrypted", format=said, suffix=suffix)
    except Hostile:
        return unread("zip-bomb", format=said, suffix=suffix)
    except _BROKEN:
        return unread("damaged", format=said, suffix=suffix)
    except MemoryError:
        return unread("too-heavy", format=said, suffix=suffix)


def _read_docx(path: Path, suffix: str) -> DocumentFacts:
    try:
        word = read_word(path)
    except NoDocument as other:
        return wrong_type(kinds.zip_kind(other.args[0]), format="other", suffix=suffix)
    if suffix not in kinds.DOCX.suffixes:
        return wrong_type(kinds.DOCX, format="docx", suffix=suffix)
    facts = _measured(word.lines, format="docx", suffix=suffix)
    if word.pictures and (facts.words or 0) < FEW:
        return unread("scan", format="docx", suffix=suffix)
    return facts if facts.words else unread("empty", format="docx", suffix=suffix)


def _read_ole(path: Path, suffix: str) -> DocumentFacts:
    kind = kinds.ole_kind(path.read_bytes())
    if kind is None:
        return unread("encrypted", format="docx" if suffix == "docx" else "doc", suffix=suffix)
    if suffix not in kind.suffixes:
        return wrong_type(kind, format="doc" if kind is kinds.DOC else "other", suffix=suffix)
    return unread("old-doc" if kind is kinds.DOC else "damaged", format="doc", suffix=suffix)


def _read_pdf(path: Path, suffix: str) -> DocumentFacts:
    # Its library takes longer to load than all the rest, and most papers are none.
    from engine.evidence.pdf import PdfDamaged, PdfLocked, read_pdf

    try:
        pdf = read_pdf(path)
    except PdfLocked:
        return unread("encrypted", format="pdf", suffix=suffix)
    except PdfDamaged:
        return unread("damaged", format="pdf", suffix=suffix)
    facts = _measured(text_lines(pdf.text), format="pdf", suffix=suffix, pages=pdf.pages, picture_pages=pdf.picture_pages)
    if facts.words and not pdf.garbled and pdf.picture_pages < pdf.pages:
        return facts
    code = "garbled" if facts.words and pdf.garbled else "scan" if pdf.picture_pages else "empty"
    return unread(code, format="pdf", suffix=suffix, pages=pdf.pages)


def _read_txt(path: Path, suffix: str) -> DocumentFacts:
    return _read_plain(path, suffix, "txt", text_lines)


def _read_md(path: Path, suffix: str) -> DocumentFacts:
    return _read_plain(path, suffix, "md", markdown_lines)


def _read_plain(path: Path, suffix: str, format: str, split: Callable[[str], list[Line]]) -> DocumentFacts:
    text = decode(path.read_bytes())
    if text is None:
        return unread("unknown-encoding", format=format, suffix=suffix)
    facts = _measured(split(text), format=format, suffix=suffix)
    return facts if facts.words else unread("empty", format=format, suffix=suffix)


def _measured(lines: list[Line], *, format: str, suffix: str, pages: int | None = None, picture_pages: int = 0) -> DocumentFacts:
    text = "\n".join(visible(line.text) for line in lines if line.text.strip())
    sections = outline(lines)
    return DocumentFacts(
        format=format,
        readable="yes",
        words=count_words(text),
        han=count_han(text),
        pages=pages,
        headings=tuple(section.heading for section in sections),
        sections=sections,
        picture_pages=picture_pages,
        text=text[:MOST_TEXT],
        text_cut=len(text) > MOST_TEXT,
        suffix=suffix,
    )


_READERS: dict[str, Callable[[Path, str], DocumentFacts]] = {
    "docx": _read_docx,
    "ole": _read_ole,
    "pdf": _read_pdf,
    "txt": _read_txt,
    "md": _read_md,
}


def _limit_memory(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_seconds(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def main() -> None:
    """Answer jobs until the input ends."""
    # Libraries in C may print; only answers may reach the parent.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    _limit_memory(int(sys.argv[1]))
    for line in sys.stdin:
        job = json.loads(line)
        _limit_seconds(job["seconds"])
        answers.write(json.dumps(read(Path(job["path"]), job["format"], job["suffix"]).to_json()) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
