"""What a file is: by its first bytes, and by the ending of its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from engine.sentences import Sentence

HEAD = 4096


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file. family: 'pdf', 'zip', 'ole', 'text' or 'binary'; suffixes: the endings of names that promise it;
    advice: what somebody does who named it otherwise."""

    family: str
    suffixes: tuple[str, ...]
    said: Sentence
    advice: Sentence


_RENAME = Sentence(
    "请改用与内容相符的后缀名，或打开后另存为 .docx 或 .pdf 文件，再重新报送。",
    "Give it the ending of its content, or open it and save it as .docx or .pdf, and hand it in again.",
)
_SAVE = Sentence("请打开后另存为 .docx 或 .pdf 文件，再重新报送。", "Open it, save it as .docx or .pdf, and hand that in.")
_UNPACK = Sentence("请先解压，再报送里面的文件。", "Unpack it and hand in the file inside.")
_INSERT = Sentence(
    "请把图片放进 .docx 文件，或转成 .pdf 文件，再重新报送。",
    "Put the picture into a .docx, or turn it into a .pdf, and hand that in.",
)
_ALARM = Sentence(
    "这不是文档，请不要打开，检查是否选错了文件；如果不知道它从哪里来，请联系网络管理员。",
    "This is not a document: do not open it. Check that it is the right file; if nobody knows where it is from, tell your administrator.",
)


def _kind(family: str, suffixes: str, zh: str, en: str, advice: Sentence = _SAVE) -> Kind:
    return Kind(family=family, suffixes=tuple(suffixes.split()), said=Sentence(zh, en), advice=advice)


PDF = _kind("pdf", "pdf", " PDF 文件", "a PDF file", _RENAME)
ZIP = _kind("zip", "zip docx docm xlsx xlsm pptx odt ods odp ofd wps et dps jar epub", "压缩包", "a zip archive", _UNPACK)
OLE = _kind("ole", "doc dot wps xls xlt ppt et dps msg vsd", "旧版 Office 文件", "an Office file of the old format")
TEXT = _kind("text", "txt md markdown csv", "纯文本", "plain text", _RENAME)
DOCX = _kind("zip", "docx wps", "新版 Word 文件（.docx）", "a Word file of the new format (.docx)", _RENAME)
XLSX = _kind("zip", "xlsx xlsm et", " Excel 表格", "an Excel workbook")
PPTX = _kind("zip", "pptx dps", " PowerPoint 演示文稿", "a PowerPoint presentation")
OFD = _kind("zip", "ofd", " OFD 文件", "an OFD file")
ODF = _kind("zip", "odt ods odp", " OpenDocument 文件", "an OpenDocument file")
DOC = _kind("ole", "doc dot wps", "旧版 Word 文件（.doc）", "a Word file of the old format (.doc)", _RENAME)
XLS = _kind("ole", "xls et", "旧版 Excel 表格", "an Excel workbook of the old format")
PPT = _kind("ole", "ppt dps", "旧版 PowerPoint 演示文稿", "a PowerPoint presentation of the old format")

_PROGRAM = _kind("binary", "exe dll scr com sys", "可执行程序", "a program", _ALARM)
_TIFF = _kind("binary", "tif tiff", " TIFF 图片", "a TIFF picture", _INSERT)
_HTML = _kind("binary", "html htm xhtml", "网页文件", "a web page")
_BITMAP = _kind("binary", "bmp", "位图图片", "a bitmap picture", _INSERT)
_SIGNS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x7fELF", _PROGRAM),
    (b"\x89PNG\r\n", _kind("binary", "png", " PNG 图片", "a PNG picture", _INSERT)),
    (b"\xff\xd8\xff", _kind("binary", "jpg jpeg", " JPEG 图片", "a JPEG picture", _INSERT)),
    (b"GIF8", _kind("binary", "gif", " GIF 图片", "a GIF picture", _INSERT)),
    (b"II*\x00", _TIFF),
    (b"MM\x00*", _TIFF),
    (b"Rar!\x1a\x07", _kind("binary", "rar", " RAR 压缩包", "a RAR archive", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", _kind("binary", "7z", " 7z 压缩包", "a 7z archive", _UNPACK)),
    (b"\x1f\x8b\x08", _kind("binary", "gz tgz", " gzip 压缩包", "a gzip archive", _UNPACK)),
    (b"{\\rtf", _kind("binary", "rtf", " RTF 文件", "an RTF file")),
)
_KNOWN = {suffix for kind in (ZIP, OLE, PDF, TEXT, _PROGRAM, _HTML, _BITMAP, *(kind for _, kind in _SIGNS)) for suffix in kind.suffixes}
_FORMATS = {"docx": "docx", "pdf": "pdf", "txt": "txt", "md": "md", "markdown": "md", "doc": "doc", "dot": "doc", "wps": "doc"}
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")


def suffix_of(name: str) -> str:
    """The ending of a name, lower case, without its dot; '' where it has none."""
    return PurePath(name.strip()).suffix[1:].lower()


def format_by_name(suffix: str) -> str:
    """The format that an ending promises: 'docx', 'pdf', 'txt', 'md', 'doc' or 'other'."""
    return _FORMATS.get(suffix, "other")


def known(suffix: str) -> bool:
    """Whether the ending promises a kind that this module can recognise by its bytes."""
    return suffix in _KNOWN


def kind_of(head: bytes, *, suffix: str = "") -> Kind | None:
    """The kind by the first `HEAD` bytes; None for bytes that are no text and carry no sign known here."""
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    if suffix == "pdf" and b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        return _PROGRAM
    if head.startswith(b"BM") and b"\0" in head[:16]:
        return _BITMAP
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:14].lower().startswith((b"<html", b"<!doctype html")):
        return _HTML
    return TEXT if _is_text(head) else None


def zip_kind(names: list[str]) -> Kind:
    """What a zip archive without a Word document in it is, by the names inside."""
    for prefix, kind in (("xl/", XLSX), ("ppt/", PPTX), ("OFD.xml", OFD), ("META-INF/manifest.xml", ODF)):
        if any(name.startswith(prefix) for name in names):
            return kind
    return ZIP


def ole_kind(content: bytes) -> Kind | None:
    """What an OLE container is, by the names of its streams; None where it holds an encrypted Office file."""
    for stream, kind in (("EncryptedPackage", None), ("WordDocument", DOC), ("Workbook", XLS), ("PowerPoint Document", PPT)):
        # Names stand in UTF-16LE at the start of 128-byte directory entries; nothing else spells them so.
        if stream.encode("utf-16-le") + b"\0\0" in content:
            return kind
    return OLE


def _is_text(head: bytes) -> bool:
    return head.startswith(_MARKS_16) or not any(byte < 9 or 13 < byte < 27 for byte in head)
