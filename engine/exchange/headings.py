"""The two sheets of a roster: their names, their columns, and every heading that is understood."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.org.checks import Table
from engine.sentences import Lang

Content = Literal["text", "day", "attributes"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a roster sheet.

    field: the field of the row that it fills.  zh, en: the headings we write.  also: further headings that are understood.
    required: whether the sheet must have it.  width: in characters.
    most: as many characters as the database keeps.
    """

    field: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    required: bool = False
    content: Content = "text"
    width: int = 14
    most: int = 80

    def heading(self, lang: Lang) -> str:
        """The heading in one language."""
        return self.zh if lang == "zh" else self.en

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every heading that means this column."""
        return (self.zh, self.en, *self.also)


@dataclass(frozen=True, kw_only=True)
class SheetShape:
    """One sheet of a roster: its names and its columns in the order in which we write them."""

    table: Table
    zh: str
    en: str
    also: tuple[str, ...]
    columns: tuple[Column, ...]

    def name(self, lang: Lang) -> str:
        """The sheet's name in one language."""
        return self.zh if lang == "zh" else self.en

    def is_named(self, name: str) -> bool:
        """Whether a sheet of that name is this one."""
        return folded(name) in {folded(known) for known in (self.zh, self.en, *self.also)}

    def column(self, heading: str) -> Column | None:
        """The column with that heading, None when there is none."""
        return next((column for column in self.columns if folded(heading) in map(folded, column.accepted)), None)

    def headings(self) -> tuple[str, ...]:
        """Every heading that is understood on this sheet."""
        return tuple(heading for column in self.columns for heading in column.accepted)


_FROM = Column(field="since", zh="起始", en="from", also=("自", "起始日期", "since"), content="day")
_UNTIL = Column(field="until", zh="截止", en="until", also=("至", "截止日期", "to"), content="day")

UNITS = SheetShape(
    table="units",
    zh="单位",
    en="units",
    also=("unit",),
    columns=(
        Column(field="code", zh="代码", en="code", also=("单位代码", "编码"), required=True),
        Column(field="name", most=200, zh="名称", en="name", also=("单位名称",), required=True, width=30),
        Column(field="level", zh="级别", en="level", also=("层级",), required=True),
        Column(field="kind", zh="类别", en="kind"),
        Column(field="superior", zh="上级", en="superior", also=("上级代码", "上级单位代码")),
        _FROM,
        _UNTIL,
        Column(field="attributes", zh="属性", en="attributes", content="attributes", width=40),
    ),
)

POSTS = SheetShape(
    table="posts",
    zh="任职",
    en="posts",
    also=("岗位", "职务", "post"),
    columns=(
        Column(field="unit", zh="单位", en="unit", also=("单位代码", "代码"), required=True),
        Column(field="post", zh="岗位", en="post", also=("职务",), required=True),
        Column(field="person", most=200, zh="姓名", en="person", also=("人员",), required=True),
        Column(field="email", most=320, zh="电子邮件", en="e-mail", also=("邮箱", "email", "电子邮箱"), width=30),
        Column(field="telephone", zh="电话", en="telephone", also=("phone", "联系电话"), width=18),
        Column(field="channels", most=300, zh="渠道", en="channels", also=("通知渠道", "channel"), width=24),
        _FROM,
        _UNTIL,
    ),
)

SHAPES = (UNITS, POSTS)
NOTES = ("说明", "notes")


def folded(name: str) -> str:
    """A sheet name or heading without regard to case, width, blanks and a trailing star."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).rstrip("*")


def shape_named(name: str) -> SheetShape | None:
    """The sheet of that name; None when it is neither."""
    return next((shape for shape in SHAPES if shape.is_named(name)), None)


def shape_of_headings(headings: Sequence[str]) -> SheetShape | None:
    """Which sheet a row of headings belongs to; None when it fits neither, or both equally well."""
    units, posts = (sum(shape.column(heading) is not None for heading in headings if heading) for shape in SHAPES)
    if units == posts:
        return None
    return UNITS if units > posts else POSTS
