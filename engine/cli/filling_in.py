"""Tables to fill in for a task: `template task`."""

from __future__ import annotations

from pathlib import Path

from engine.cli.options import Call, argument, command
from engine.cli.output import at_desk, line
from engine.cli.steps import TASK, UNIT, task_ref
from engine.exchange.forms import write_form
from engine.operations.collecting import safe_name
from engine.operations.entered import Table, tables_of
from engine.sentences import Sentence


@command(
    "template task",
    "db",
    "campaign",
    "asked",
    more=Sentence(
        "不写文件名时，按“单位 任务.xlsx”命名。成套材料每份各一张；台账里已有的行会照抄进去。也可写 campaign template 单位 任务。",
        "Without FILE it is named UNIT TASK.xlsx. Of a package each item gets its own; the rows of a ledger are there already. "
        "`campaign template UNIT TASK` does the same.",
    ),
)
@argument("unit", UNIT)
@argument("task", TASK)
@argument("file", Sentence("文件", "FILE"), required=False)
def template_task(call: Call, unit: str, task: str, file: str | None) -> None:
    """Write the tables of a task. Raises NothingToFillIn, FileExists, and what is wrong with the names."""
    with at_desk(call) as desk:
        tables = tables_of(desk.house, call.campaign, unit, task_ref(task), call.lang)
    places = [_place(table, file) for table in tables]
    for table, place in zip(tables, places, strict=True):
        write_form(place, table.item, table.rows, call.lang)
    for place in places:
        line(call.words("已生成 {file}，填好后用 campaign submit 报送。", "Wrote {file}; fill it in and hand it in.", file=str(place)))


def _place(table: Table, file: str | None) -> Path:
    """The file as named, with the item's name in it where there are several."""
    path = Path(file) if file else Path(safe_name(f"{table.unit} {table.task}.xlsx"))
    return path.with_name(safe_name(f"{path.stem} {table.item.title or table.item.name}{path.suffix}")) if table.several else path
