"""The sample roster of the university: every name is put together from a list of surnames and one of given names.

`python -m tests.journeys.make_roster` writes `workflows/open-university-2010/roster.xlsx` anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from engine.exchange.roster import write_roster
from engine.org.model import Person, Roster, Tenure, Unit

ROSTER = Path(__file__).parents[2] / "workflows" / "open-university-2010" / "roster.xlsx"

SCHOOL, OFFICE = "OU", "党委工作部"
VACANT = "GB05-03"  # nobody is secretary here
NO_ADDRESS = "GB08-02"  # the secretary has no e-mail address

TEACHING = {
    "经济管理学院": ("会计系", "金融系", "工商管理系", "经济学系"),
    "文法学院": ("法学系", "中文系", "新闻系"),
    "外国语学院": ("英语系", "日语系", "翻译系"),
    "信息工程学院": ("计算机系", "网络工程系", "通信工程系"),
    "机电工程学院": ("机械系", "电气系", "自动化系"),
    "建筑工程学院": ("土木系", "工程管理系", "建筑学系"),
    "教育学院": ("学前教育系", "教育技术系", "心理学系"),
    "艺术设计学院": ("视觉设计系", "环境设计系", "音乐系"),
    "理学院": ("数学系", "物理系", "化学系"),
    "继续教育学院": ("培训中心", "教务科", "学员管理科"),
}
OFFICES = {
    "机关第一": ("党政办公室", "组织部门", "宣传部门", "纪检监察", "工会团委", "财务处", "审计处"),
    "机关第二": ("教务处", "科研处", "人事处", "学生工作处", "招生就业处", "资产处", "保卫处"),
}
SERVICES = {
    "后勤服务中心": ("餐饮", "公寓", "物业", "运输", "维修", "绿化"),
    "图书馆与出版社": ("采编部", "流通部", "技术部", "编辑部", "发行部", "资源部"),
}
DIRECT = ("校医院", "附属实验学校", "离退休工作处")
# How many branches each general branch has: 120 in all.
SIZES = (12, 11, 10, 10, 9, 9, 9, 8, 8, 8, 7, 7, 6, 6)
STUDENTS = ("2007级本科生", "2008级本科生", "2009级本科生", "研究生", "函授学员", "夜大学员", "留校实习学生")

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = (
    "安平", "柏林", "长青", "承志", "春生", "达明", "德润", "东升", "方圆", "广源", "国栋", "海宁", "和畅", "恒远", "慧敏", "嘉禾",
    "静宜", "开颜", "兰芳", "立新", "明远", "乃文", "培元", "清扬", "如松", "尚文", "思齐", "婉清", "文博", "欣然", "雅琴", "永年",
)  # fmt: skip


def make_roster(*, general: int = 14, branches: int | None = None, direct: int = 3) -> Roster:
    """The roster of the sample, or a smaller one of the same shape.

    general: how many general branches.  branches: how many below each, None for the sample's own sizes.  direct: branches
    directly below the school.  The vacant post and the missing address are there wherever their unit is.
    """
    units = [Unit(code=SCHOOL, name="远山开放大学", level="学校"), *_units(general, branches, direct)]
    return Roster(units=tuple(units), tenures=tuple(_tenures(units)))


def _units(general: int, branches: int | None, direct: int) -> Iterator[Unit]:
    kinds = [("教学", *item) for item in TEACHING.items()]
    kinds += [("机关", *item) for item in OFFICES.items()] + [("直属", *item) for item in SERVICES.items()]
    for number, (kind, name, parts) in enumerate(kinds[:general], 1):
        code = f"GB{number:02}"
        yield Unit(code=code, name=f"{name}党总支", level="党总支", kind=kind, superior=SCHOOL)
        size = SIZES[number - 1] if branches is None else branches
        for place, (branch, title) in enumerate(_branches(kind, parts, size), 1):
            yield Unit(code=f"{code}-{place:02}", name=f"{name}{title}党支部", level="党支部", kind=branch, superior=code)
    for number, name in enumerate(DIRECT[:direct], 1):
        kind = "离退休" if name.startswith("离退休") else "教工"
        yield Unit(code=f"DB{number:02}", name=f"{name}直属党支部", level="党支部", kind=kind, superior=SCHOOL)


def _branches(kind: str, parts: tuple[str, ...], size: int) -> list[tuple[str, str]]:
    """(kind, title) of the branches: those of the staff, those of the students, and one of the retired where there is room."""
    staff = [("教工", f"{part}教工") for part in parts]
    if kind == "教学":
        serving = [*staff, *(("学生", title) for title in STUDENTS)]
        return [*serving[: size - 1], ("离退休", "离退休")]
    return [*staff, ("离退休", "离退休")][:size]


def _tenures(units: list[Unit]) -> Iterator[Tenure]:
    numbers = count()
    for unit in units:
        for post in _posts(unit):
            name = _name(next(numbers))
            if (unit.code, post) != (VACANT, "书记"):
                yield Tenure(unit=unit.code, post=post, person=Person(name=name, email=_address(unit, post)))


def _posts(unit: Unit) -> tuple[str, ...]:
    return {"学校": ("书记", OFFICE), "党总支": ("书记", "组织员"), "党支部": ("书记",)}[unit.level]


def _name(number: int) -> str:
    """A name of its own for each number: surnames go round, and each round takes the given names a step further."""
    turn = number // len(SURNAMES)
    return SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 5 + turn) % len(GIVEN)]


def _address(unit: Unit, post: str) -> str:
    if unit.code == NO_ADDRESS:
        return ""
    return {"书记": "secretary", "组织员": "organiser", OFFICE: "office"}[post] + f".{unit.code.lower()}@example.org"


if __name__ == "__main__":
    write_roster(ROSTER, make_roster(), "zh")
