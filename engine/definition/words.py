"""The Chinese spellings of the language (LANGUAGE section 17) and the words that no name may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KEYS: Mapping[str, str] = {
    "stages": "阶段",
    "tasks": "任务",
    "flows": "旁支",
    "window": "时间",
    "opens": "开始",
    "due": "期限",
    "grace": "宽限",
    "lock": "截止",
    "lasts": "历时",
    "every": "周期",
    "period": "考核期",
    "owner": "责任",
    "for": "对象",
    "after": "先办",
    "artifact": "材料",
    "artifacts": "成套材料",
    "parts": "要点",
    "criteria": "标准",
    "length": "字数",
    "count": "份数",
    "deliver": "报送",
    "review": "审核",
    "results": "结果",
    "checks": "检查",
    "gate": "出口",
    "again": "重来",
    "allow": "准许",
    "ladder": "提醒",
    "when": "条件",
    "via": "渠道",
    "modality": "要求",
    "cite": "依据",
    "doubt": "存疑",
    "title": "标题",
    "workflow": "工作流",
    "version": "版本",
    "language": "语言",
    "sources": "来源",
    "calendar": "日历",
    "timezone": "时区",
    "holidays": "节假日",
    "organisation": "组织",
    "levels": "级别",
    "posts": "岗位",
    "bodies": "部门",
    "attributes": "属性",
    "groups": "分组",
    "anchors": "锚点",
    "kind": "类型",
    "formats": "格式",
    "note": "说明",
    "extend": "延期",
    "waive": "免报",
    "chase": "催办",
    "by": "由",
    "most": "最多",
    "times": "次数",
    "to": "发给",
    "say": "措辞",
    "at": "时刻",
    "acts": "代表",
    "deputy": "副职",
    "held_by": "兼任",
    "many": "多人",
    "counted": "只计人数",
    "each": "每",
    "days": "日子",
    "from": "自",
    "until": "至",
    "partial": "零头",
    "who": "谁",
    "where": "其中",
    "rework": "重做",
    "says": "原文",
    "read": "读作",
    "why": "理由",
    "settled": "认定",
    "urgent": "紧急",
    "file": "文件",
    "number": "文号",
    "issued": "印发",
    "url": "网址",
    "before": "之前",
    "on_holiday": "遇节假日",
    "work_ends": "下班",
    "about": "左右",
    "attach": "随信附上",
    "fields": "栏目",
    "type": "值型",
    "choice": "选项",
    "range": "范围",
    "covers": "覆盖",
    "places": "场所",
    "agenda": "议程",
    "that": "应当",
}
# Where the one Chinese word would mislead: a body is not "at" a time. (element, key) -> its spelling there.
KEYS_IN: Mapping[tuple[str, str], str] = {("body", "at"): "设在", ("field", "from"): "取自", ("field", "count"): "个数"}
MODALITIES: Mapping[str, str] = {"must": "必须", "should": "原则上", "may": "可"}
WHO_WORDS: Mapping[str, str] = {"superior": "上级", "below": "下级", "peers": "同级", "unit": "本单位"}
UNDATED: Mapping[str, str] = {"undated": "未定"}
ENTRY: Mapping[str, str] = {"on_entry": "进入时"}
# The Chinese spellings of words that stand in a value, by the key whose value they are.
KINDS: Mapping[str, str] = {"document": "文档", "form": "表单", "ledger": "台账", "meeting": "会议", "publication": "公布"}
TRUE_FALSE: Mapping[str, str] = {"true": "是", "false": "否"}
BEFORE: Mapping[str, str] = {"includes": "含当日", "excludes": "不含当日"}
ON_HOLIDAY: Mapping[str, str] = {"keep": "不动", "next": "顺延", "previous": "提前"}
PARTIAL: Mapping[str, str] = {"keep": "保留", "drop": "去掉", "drop_first": "去首", "drop_last": "去尾"}
COUNTS: Mapping[str, str] = {"word": "字数", "han": "汉字"}
TYPES: Mapping[str, str] = {"number": "数值", "date": "日期", "span": "时长", "text": "文字", "yes_no": "是否", "unit": "单位"}
# What a field of a form may hold besides.
FIELD_TYPES: Mapping[str, str] = {**TYPES, "time": "时间", "person": "人员", "file": "附件"}

_ENGLISH = {zh: en for en, zh in KEYS.items()} | {zh: en for (_, en), zh in KEYS_IN.items()}
_WORDS = {zh: en for table in (WHO_WORDS, UNDATED, ENTRY) for en, zh in table.items()}

_OBLIGATION = "owner subject row raiser anyone person period round due late late_by overdue attempt previous me it now"
_INSTANTS = "issued received start on_entry opens"
_EXPRESSIONS = "and or not in where if count share sum avg min max all any known floor ceil abs days workdays true false"
_VALUES = "per else"
RESERVED = frozenset([*WHO_WORDS, *_WORDS, *UNDATED, *f"{_OBLIGATION} {_INSTANTS} {_EXPRESSIONS} {_VALUES}".split()])


def english(key: str, kind: str = "") -> str:
    """The English spelling of a key; a key that has no Chinese spelling is its own.

    kind: the element it stands in. There a spelling that belongs to another element is none; without it every spelling is known.
    """
    found = _ENGLISH.get(key, key)
    return found if not kind or key in (found, chinese(found, kind)) else key


def chinese(key: str, kind: str = "") -> str:
    """The Chinese spelling of a key, in an element that has its own word for it that one; a key that has none is its own."""
    return KEYS_IN.get((kind, key)) or KEYS.get(key, key)


def spellings(key: str, kind: str) -> tuple[str, ...]:
    """Every way in which a key may be written in an element: English first."""
    return tuple(dict.fromkeys((key, chinese(key, kind))))


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How the author of one file spells keys. `in_chinese`: the keys written in Chinese, or that would be, had they been written."""

    in_chinese: frozenset[str] = frozenset()

    def key(self, key: str, kind: str = "") -> str:
        """The author's spelling of a key given in English."""
        return chinese(key, kind) if key in self.in_chinese else key


def english_word(word: str) -> str:
    """The English spelling of a word of the language that stands in a value: 上级 is superior, 未定 undated."""
    return _WORDS.get(word, word)
