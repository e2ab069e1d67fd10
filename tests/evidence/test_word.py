"""Reading .docx: what is text, what is not, and which files are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from engine.evidence.child import read
from engine.evidence.facts import DocumentFacts
from tests.evidence.papers import W, ole_file, paragraph, raw_word_file, run, word_file


def text_of(tmp_path: Path, body: str, **more: str) -> str:
    return read(raw_word_file(tmp_path / "a.docx", body, **more), "docx", "docx").text


def code_of(facts: DocumentFacts) -> tuple[str, str]:
    assert facts.reason is not None
    return facts.readable, facts.reason.code


def test_a_document_made_by_a_library_is_read_with_its_headings(tmp_path: Path) -> None:
    first: list[str | tuple[str, str]] = [("Title", "工作总结"), ("Heading 1", "成绩"), "做了很多工作。"]
    paragraphs = [*first, ("Heading 2", "学习"), "学了。", ("Heading 1", "问题"), "有。"]
    facts = read(word_file(tmp_path / "a.docx", paragraphs), "docx", "docx")
    assert (facts.format, facts.readable, facts.words, facts.han, facts.pages) == ("docx", "yes", 22, 19, None)
    assert facts.headings == ("工作总结", "成绩", "学习", "问题")
    assert [(s.depth, s.words) for s in facts.sections] == [(0, 18), (1, 12), (2, 3), (1, 2)]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (paragraph(run("甲") + run("乙")), "甲乙"),
        (f"<w:tbl><w:tr><w:tc>{paragraph(run('表中'))}</w:tc></w:tr></w:tbl>", "表中"),
        (paragraph(run("留") + f"<w:ins>{run('插入')}</w:ins>"), "留插入"),
        (paragraph(run("留") + "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"), "留"),
        (paragraph(f"<w:moveFrom>{run('移走')}</w:moveFrom>" + run("留") + f"<w:moveTo>{run('移来')}</w:moveTo>"), "留移来"),
        (paragraph(f"<w:hyperlink>{run('链接')}</w:hyperlink>"), "链接"),
        (f"<w:sdt><w:sdtContent>{paragraph(run('控件'))}</w:sdtContent></w:sdt>", "控件"),
        (paragraph("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("见第1页")), "见第1页"),
        (paragraph(run("看得见") + run("看不见", "<w:vanish/>")), "看得见"),
        (paragraph(run("看得见", '<w:vanish w:val="0"/>')), "看得见"),
        (paragraph(run("标记隐藏"), "<w:rPr><w:vanish/></w:rPr>"), "标记隐藏"),
        (paragraph("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", '<w:tabs><w:tab w:val="left"/></w:tabs>'), "a\tb\nc"),
        (paragraph("<w:r><w:ruby><w:rt><w:r><w:t>zhong</w:t></w:r></w:rt><w:rubyBase>" + run("中") + "</w:rubyBase></w:ruby></w:r>"), "中"),
        (paragraph(run("a &lt; b")), "a < b"),
    ],
)
def test_the_body_counts_what_a_reader_sees(tmp_path: Path, body: str, text: str) -> None:
    assert text_of(tmp_path, body) == text


def test_a_text_box_is_read_once_although_it_is_stored_twice(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(run('框中文字'))}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    body = paragraph(run("前") + f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>" + run("后"))
    assert text_of(tmp_path, body) == "框中文字\n前后"
    only = paragraph(f"<w:r><mc:AlternateContent>{fallback}</mc:AlternateContent></w:r>" + run("后"))
    assert text_of(tmp_path, only) == "框中文字\n后"


STYLES = (
    '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="a"><w:name w:val="公文一级"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:styleId="b"><w:name w:val="公文二级"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:styleId="t"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="x"><w:name w:val="x"/><w:basedOn w:val="y"/></w:style>'
    '<w:style w:styleId="y"><w:name w:val="y"/><w:basedOn w:val="x"/></w:style>'
)


@pytest.mark.parametrize(
    ("properties", "depth"),
    [
        ('<w:pStyle w:val="1"/>', 1),
        ('<w:pStyle w:val="a"/>', 1),
        ('<w:pStyle w:val="b"/>', 2),
        ('<w:outlineLvl w:val="2"/>', 3),
        ('<w:outlineLvl w:val="9"/>', None),
        ('<w:pStyle w:val="Heading3"/>', 3),
        ('<w:pStyle w:val="标题 2"/>', 2),
        ('<w:pStyle w:val="t"/>', None),
        ('<w:pStyle w:val="x"/>', None),
        ("", None),
    ],
)
def test_a_heading_is_known_by_its_style_its_ancestor_or_its_outline_level(tmp_path: Path, properties: str, depth: int | None) -> None:
    line = "正文里的一句完整的话。"
    path = raw_word_file(tmp_path / "a.docx", paragraph(run(line)) + paragraph(run("这是一句话。"), properties), styles=STYLES)
    assert [s.depth for s in read(path, "docx", "docx").sections] == ([] if depth is None else [depth])


def test_a_document_of_the_strict_variant_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        relations = '<R><r Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/word/main2.xml"/></R>'
        archive.writestr("_rels/.rels", relations)
        strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
        archive.writestr("word/main2.xml", f'<w:document xmlns:w="{strict}"><w:body>{paragraph(run("严格"))}</w:body></w:document>')
    assert read(path, "docx", "docx").text == "严格"


def test_a_document_without_a_word_is_empty_and_one_of_photographs_is_a_scan(tmp_path: Path) -> None:
    assert code_of(read(raw_word_file(tmp_path / "a.docx", paragraph(run(" "))), "docx", "docx")) == ("no", "empty")
    assert code_of(read(raw_word_file(tmp_path / "b.docx", PICTURE), "docx", "docx")) == ("cannot_tell", "scan")


PICTURE = paragraph("<w:r><w:drawing><a:blip/></w:drawing></w:r>")


@pytest.mark.parametrize(("words", "readable"), [(29, "cannot_tell"), (30, "yes"), (31, "yes")])
def test_photographs_with_hardly_a_word_are_a_scan(tmp_path: Path, words: int, readable: str) -> None:
    path = raw_word_file(tmp_path / "a.docx", PICTURE + paragraph(run("字" * words)))
    assert read(path, "docx", "docx").readable == readable


NESTED = "".join(f'<!ENTITY {outer} "{f"&{inner};" * 10}">' for inner, outer in zip("abcdefgh", "bcdefghi", strict=True))
ENTITIES = f'<!DOCTYPE x [<!ENTITY a "哈">{NESTED}]>'


def test_entities_inside_entities_are_refused_before_they_unfold(tmp_path: Path) -> None:
    path = raw_word_file(tmp_path / "a.docx", paragraph(run("&i;")), prologue=ENTITIES)
    assert code_of(read(path, "docx", "docx")) == ("no", "zip-bomb")


def test_a_document_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = raw_word_file(tmp_path / "a.docx", paragraph(run("好")))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/image1.png", "w") as bomb:
        for _ in range(80):
            bomb.write(bytes(2**20))
    assert code_of(read(path, "docx", "docx")) == ("no", "zip-bomb")


def test_a_main_part_beyond_its_limit_is_refused_even_if_it_compresses_little(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("word/document.xml", "w") as part:
        part.write(f'<w:document xmlns:w="{W}">'.encode())
        for _ in range(65):
            part.write(b" " * 2**20)
    assert code_of(read(path, "docx", "docx")) == ("no", "zip-bomb")


def test_a_size_that_lies_in_the_directory_of_the_archive_does_no_harm(tmp_path: Path) -> None:
    path = raw_word_file(tmp_path / "a.docx", paragraph(run("好" * 50_000)))
    content = path.read_bytes()
    real = next(entry.file_size for entry in zipfile.ZipFile(path).infolist() if entry.filename == "word/document.xml")
    path.write_bytes(content.replace(real.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert code_of(read(path, "docx", "docx")) == ("no", "damaged")


@pytest.mark.parametrize("cut", [10, 100, 2000])
def test_half_a_document_is_damaged(tmp_path: Path, cut: int) -> None:
    path = word_file(tmp_path / "a.docx", ["好"])
    path.write_bytes(path.read_bytes()[:-cut])
    assert code_of(read(path, "docx", "docx")) == ("no", "damaged")


def test_broken_xml_is_damaged(tmp_path: Path) -> None:
    assert code_of(read(raw_word_file(tmp_path / "a.docx", "<w:p>"), "docx", "docx")) == ("no", "damaged")


@pytest.mark.parametrize(
    ("inside", "said"),
    [("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "PowerPoint"), ("OFD.xml", "OFD"), ("readme.txt", "压缩包")],
)
def test_another_archive_named_docx_is_told_what_it_is(tmp_path: Path, inside: str, said: str) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(inside, "x")
    facts = read(path, "docx", "docx")
    assert code_of(facts) == ("no", "wrong-type")
    assert facts.reason is not None
    assert said in facts.reason.sentence.say("zh")


@pytest.mark.parametrize(
    ("stream", "suffix", "expected"),
    [
        ("WordDocument", "doc", ("cannot_tell", "old-doc")),
        ("WordDocument", "wps", ("cannot_tell", "old-doc")),
        ("WordDocument", "docx", ("no", "wrong-type")),
        ("EncryptedPackage", "docx", ("no", "encrypted")),
        ("EncryptedPackage", "doc", ("no", "encrypted")),
        ("Workbook", "doc", ("no", "wrong-type")),
        ("Contents", "doc", ("no", "damaged")),
    ],
)
def test_an_old_office_file_is_known_by_its_streams(tmp_path: Path, stream: str, suffix: str, expected: tuple[str, str]) -> None:
    assert code_of(read(ole_file(tmp_path / "a", stream), "ole", suffix)) == expected
