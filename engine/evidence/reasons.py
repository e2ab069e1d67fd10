"""Why a document cannot be read, or why that cannot be told: one sentence for each code, and what to do."""

from __future__ import annotations

from engine.evidence.facts import DocumentFacts
from engine.evidence.kinds import Kind
from engine.sentences import Sentence, Verdict

_NO: dict[str, tuple[str, str]] = {
    "empty": (
        "文件是空的，里面没有文字。请检查是否选错了文件，写好内容后重新报送。",
        "The file is empty: there is no text in it. Check that it is the right file, and hand it in again with its content.",
    ),
    "encrypted": (
        "文件设有打开密码，无法读取。请取消密码后另存一份，重新报送。",
        "The file is protected by a password and cannot be read. Save a copy without the password and hand that in.",
    ),
    "wrong-type": (
        "文件名的后缀是“.{suffix}”，内容却是{actual}。{advice}",
        'The name ends in ".{suffix}", but the content is {actual}. {advice}',
    ),
    "too-big": (
        "文件有 {megabytes} MB，超过了 {limit} MB 的上限。请压缩文中的图片，或把附件分开，再重新报送。",
        "The file has {megabytes} MB, more than the {limit} MB allowed. Make its pictures smaller or hand in attachments separately.",
    ),
    "zip-bomb": (
        "文件的内部结构异常（展开后过大，或含有不允许的定义），为安全起见没有打开。请用 Word 或 WPS 重新另存为 .docx 后再报送。",
        "The inside of the file is not normal (far too large when unpacked, or with forbidden definitions), so it was not opened. "
        "Save it again as .docx with your word processor and hand that in.",
    ),
    "damaged": (
        "文件已损坏或不完整，无法打开。请确认自己的电脑能打开它，另存一份后重新报送。",
        "The file is damaged or incomplete and cannot be opened. Make sure that you can open it yourself, save a copy and hand that in.",
    ),
    "unknown-encoding": (
        "看不出这个文本文件用的是什么编码。请用记事本打开，另存为 UTF-8 编码后重新报送。",
        "The encoding of this text file cannot be recognised. Open it in an editor, save it as UTF-8 and hand it in again.",
    ),
}
_CANNOT_TELL: dict[str, tuple[str, str]] = {
    "scan": (
        "文件的内容是图片（扫描件或照片），程序读不出文字，字数和要点由审核人查看。如有电子原稿，请报送原稿。",
        "The content is pictures (a scan or photographs) whose words cannot be read; the reviewer looks at length and parts. "
        "If you have the original document, hand that in instead.",
    ),
    "old-doc": (
        "这是旧版 Word 或 WPS 文件，程序读不出内容，由审核人查看。如能另存为 .docx，请报送 .docx。",
        "This is a Word or WPS file of the old format, which cannot be read here; the reviewer looks at it. If you can, save it as .docx.",
    ),
    "garbled": (
        "文件里的文字取不出来（所用字体没有对应的编码），由审核人查看。如有电子原稿，请报送原稿。",
        "The words cannot be taken out of the file (its fonts have no usable encoding); the reviewer looks at it. "
        "If you have the original document, hand that in instead.",
    ),
    "other-type": (
        "程序读不了这种文件（.{suffix}），由审核人查看。",
        "Files of this kind (.{suffix}) cannot be read here; the reviewer looks at it.",
    ),
    "no-ending": (
        "文件名没有后缀，内容也认不出是哪种文件，由审核人查看。请在文件名后加上正确的后缀（如 .docx），再重新报送。",
        "The name has no ending and the content is of no kind known here; the reviewer looks at it. Add the right ending, such as .docx.",
    ),
    "too-slow": (
        "文件读了 {seconds} 秒还没有读完，由审核人查看。如果文件很大或很复杂，请另存一份精简的再报送。",
        "The file was not read to its end within {seconds} seconds; the reviewer looks at it. If it is very large, hand in a simpler copy.",
    ),
    "too-heavy": (
        "读取这个文件需要的内存太多，已经停止，由审核人查看。请压缩文中的图片，另存一份再报送。",
        "Reading this file took too much memory and was stopped; the reviewer looks at it. Make its pictures smaller and save a copy.",
    ),
    "reader-failed": (
        "读取这个文件时程序意外中断，由审核人查看。请另存一份再报送；如果仍然如此，请联系管理员。",
        "The reader broke off while reading this file; the reviewer looks at it. Save a copy and hand that in; "
        "if that does not help, tell the administrator.",
    ),
}


def unread(code: str, *, format: str, suffix: str = "", pages: int | None = None, **values: object) -> DocumentFacts:
    """The facts of a document that could not be read, with the sentence of `code`; raises KeyError for a code unknown here."""
    zh, en = _NO[code] if code in _NO else _CANNOT_TELL[code]
    sentence = Sentence(zh, en, values | {"suffix": suffix})
    if code in _NO:
        reason = Verdict(outcome="fail", code=code, sentence=sentence)
        return DocumentFacts(format=format, readable="no", reason=reason, pages=pages, suffix=suffix)
    reason = Verdict(outcome="cannot_tell", code=code, sentence=sentence)
    return DocumentFacts(format=format, readable="cannot_tell", reason=reason, pages=pages, suffix=suffix)


def wrong_type(kind: Kind, *, format: str, suffix: str) -> DocumentFacts:
    """The facts of a document whose content is `kind` although its name promises something else."""
    return unread("wrong-type", format=format, suffix=suffix, actual=kind.said, advice=kind.advice)
