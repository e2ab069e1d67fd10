"""Makes the documents that the tests read: small, by hand, in a folder of the test."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from docx import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
)


def word_file(path: Path, paragraphs: Iterable[str | tuple[str, str]]) -> Path:
    """A .docx; a pair is (style, text)."""
    document = Document()
    for paragraph in paragraphs:
        style, text = ("Normal", paragraph) if isinstance(paragraph, str) else paragraph
        document.add_paragraph(text, style=style)
    document.save(str(path))
    return path


def raw_word_file(path: Path, body: str, *, prologue: str = "", styles: str | None = None) -> Path:
    """A .docx with this XML inside w:body."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", xml)
        if styles is not None:
            archive.writestr("word/styles.xml", f"<w:styles {NAMESPACES}>{styles}</w:styles>")
    return path


def run(text: str, properties: str = "") -> str:
    """A w:r with this text."""
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner: str, properties: str = "") -> str:
    """A w:p around runs."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def _pdf_bytes(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


PICTURE = "picture"


def _page_content(lines: Sequence[str] | str) -> bytes:
    if lines == PICTURE:
        return b"q 595 0 0 842 0 0 cm /I Do Q"
    shown = (f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td".encode() for line in lines)
    return b"BT /F 12 Tf 60 780 Td " + b" ".join(shown) + b" ET"


def pdf_file(path: Path, pages: Sequence[Sequence[str] | str], *, password: bool = False) -> Path:
    """A .pdf. A page is its lines (any script), `PICTURE` for a scanned page, or () for an empty one."""
    first = 6
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        _stream(b"\x00", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"),
    ]
    for number, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> /XObject << /I 5 0 R >> >> >>" % (first + 2 * number + 1)
        )
        objects.append(_stream(_page_content(page)))
    lock = b""
    if password:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32))
        lock = b"/Encrypt %d 0 R /ID [<%s> <%s>]" % (len(objects), b"33" * 16, b"33" * 16)
    path.write_bytes(_pdf_bytes(objects, lock))
    return path


def ole_file(path: Path, *streams: str) -> Path:
    """An OLE container as far as a reader of its directory looks: the sign, then entries with the names of the streams."""
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    for name in ("Root Entry", *streams):
        raw = name.encode("utf-16-le")
        content += raw.ljust(64, b"\0") + struct.pack("<H", len(raw) + 2) + bytes(62)
    path.write_bytes(content)
    return path
