"""The Chinese spellings of the language (LANGUAGE section 17) and the words that no name may take."""

from __future__ import annotations

from collections.abc import Mapping

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
}
MODALITIES: Mapping[str, str] = {"must": "必须", "should": "原则上", "may": "可"}
WHO_WORDS: Mapping[str, str] = {"superior": "上级", "below": "下级", "peers": "同级", "unit": "本单位"}
UNDATED: Mapping[str, str] = {"undated": "未定"}

_ENGLISH = {zh: en for en, zh in KEYS.items()}
_WORDS = {zh: en for table in (WHO_WORDS, UNDATED) for en, zh in table.items()}

_OBLIGATION = "owner subject row raiser anyone person period round due late late_by overdue attempt previous me it now"
_INSTANTS = "issued received start on_entry opens"
_EXPRESSIONS = "and or not in where if count share sum avg min max all any known floor ceil abs days workdays true false"
_VALUES = "per else"
RESERVED = frozenset(
    [*WHO_WORDS, *WHO_WORDS.values(), *UNDATED, *UNDATED.values(), *f"{_OBLIGATION} {_INSTANTS} {_EXPRESSIONS} {_VALUES}".split()]
)


def english(key: str) -> str:
    """The English spelling of a key; a key that has no Chinese spelling is its own."""
    return _ENGLISH.get(key, key)


def chinese(key: str) -> str:
    """The Chinese spelling of a key; a key that has none is its own."""
    return KEYS.get(key, key)


def english_word(word: str) -> str:
    """The English spelling of a word of the language that stands in a value: 上级 is superior, 未定 undated."""
    return _WORDS.get(word, word)
