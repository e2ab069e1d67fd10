"""Rosters: `template roster`, `units import`, `units tree`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from engine.cli.options import Call, argument, command, option
from engine.cli.output import at_desk, emit, line, listed
from engine.cli.progress import watched
from engine.definition.model import Organisation
from engine.exchange.template import write_roster_template
from engine.operations.roster_fit import known_posts
from engine.operations.rosters import Imported, import_roster
from engine.operations.viewing import TreeLine, read_tree
from engine.sentences import Lang, Sentence
from engine.store.database import NoDatabase, NotOurDatabase
from engine.store.failures import DatabaseUnreadable, NotKept
from engine.wiring.house import open_house
from engine.wiring.organisation import loaded_organisation, organisation_in
from engine.wiring.post import keep_channels

_FILE = Sentence("文件", "FILE")
_WORKFLOW = Sentence("工作流文件", "FILE")


@command(
    "template roster",
    "db",
    more=Sentence(
        "级别和岗位取自 --workflow 的文件，或已载入的唯一工作流。", "Levels and posts come from --workflow, or from the one loaded."
    ),
)
@argument("file", _FILE)
@option("--workflow", words=Sentence("从这个工作流文件取级别和岗位", "take levels and posts from this file"), value=_WORKFLOW)
def template_roster(call: Call, file: str, workflow: str | None) -> None:
    """Write an empty roster. Raises FileExists, NoWorkbook, and what is wrong with the workflow file."""
    organisation = organisation_in(Path(workflow)) if workflow else _loaded(call)
    levels = organisation.levels if organisation else ()
    write_roster_template(Path(file), call.lang, levels, known_posts(organisation) if organisation else ())
    line(call.words("已生成空白花名册 {file}，填好后用 campaign units import 导入。", "Wrote {file}; fill it in and import it.", file=file))


def _loaded(call: Call) -> Organisation | None:
    # An empty roster needs no database; one that cannot be opened is no reason to refuse it.
    with suppress(NoDatabase, NotOurDatabase, NotKept, DatabaseUnreadable), open_house(call.settings) as house:
        return loaded_organisation(house)
    return None


@command(
    "units import",
    "db",
    "by",
    "behalf",
    "asked",
    "as_json",
    more=Sentence(
        "Excel 文件、CSV 文件，或放有 units.csv 和 posts.csv 的文件夹。有任何一行不对就什么都不改。",
        "An Excel or CSV file, or a folder with units.csv and posts.csv. If any row is wrong, nothing is changed.",
    ),
)
@argument("file", _FILE)
@option("--dry-run", "dry", words=Sentence("只试不写", "try only"))
@option(
    "--workflow",
    words=Sentence("级别、岗位和属性以这个工作流文件为准", "check levels, posts and attributes against this file"),
    value=_WORKFLOW,
)
def units_import(call: Call, file: str, dry: bool, workflow: str | None) -> None:
    """Bring a roster in. Raises FileProblems with every row that is wrong."""
    with at_desk(call) as desk:
        given = Path(workflow) if workflow else None
        with watched(call.lang) as watch:
            imported = import_roster(
                desk.house,
                Path(file),
                by=call.by,
                behalf=call.behalf,
                now=desk.now,
                dry=dry,
                workflow=given,
                watch=watch,
            )
        if imported.done:
            keep_channels(call.settings, desk.house)
    if call.as_json:
        emit(_imported_data(call, imported))
        return
    _print_imported(call, imported)


def _imported_data(call: Call, imported: Imported) -> dict[str, Any]:
    report = imported.report
    return {
        "done": imported.done,
        "added": list(report.added),
        "changed": list(report.changed),
        "unchanged": report.unchanged,
        "missing": list(report.missing),
        "posts_added": report.posts_added,
        "posts_changed": report.posts_changed,
        "posts_missing": list(report.posts_missing),
        "persons": report.persons,
        "corrected": list(report.corrected),
        "idle": imported.idle,
        "notes": [call.say(note) for note in imported.notes],
    }


def _print_imported(call: Call, imported: Imported) -> None:
    report = imported.report
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "unchanged": report.unchanged,
        "posts": report.posts_added + report.posts_changed,
        "persons": report.persons,
    }
    line(
        call.words(
            "单位：新增 {added} 个，更改 {changed} 个，未变 {unchanged} 个；任职新增或更改 {posts} 条，人员 {persons} 人。",
            "Units: {added} added, {changed} changed, {unchanged} as before; {posts} post(s) added or changed, {persons} person(s).",
            **counts,
        )
    )
    if report.corrected:
        names = listed(report.corrected, call.lang)
        line(call.words("姓名、邮箱或电话有改动的：{names}", "Another name, address or telephone: {names}", names=names))
    if report.missing:
        names = listed(report.missing, call.lang)
        line(call.words("文件中没有、保持原样的单位：{names}", "Not in the file and left as they were: {names}", names=names))
    if report.posts_missing:
        names = listed(report.posts_missing, call.lang)
        line(
            call.words(
                "文件中没有的任职，仍算在任；如已离任，请在花名册“截止”栏写明日期：{names}",
                "Posts not in the file are still held; if somebody has left, write the day into the column “until”: {names}",
                names=names,
            )
        )
    for note in imported.notes:
        line(call.say(note), "  ", first="- ")
    if imported.idle:
        line(call.words("新增单位从下一次发动的活动起参加。", "New units take part from the next campaign on."))
    if not imported.done:
        line(call.words("只是试导入，什么都没有改动。", "This was a trial; nothing was changed."))


@command("units tree", "db", "asked", "as_json")
@option("--under", words=Sentence("只看这个单位及其下级", "this unit and what is below it"), value=Sentence("单位", "UNIT"))
def units_tree(call: Call, under: str | None) -> None:
    """Show the tree. Raises UnknownUnitCode."""
    with at_desk(call) as desk:
        lines = read_tree(desk.house, desk.now.astimezone(desk.zone).date(), under)
    if call.as_json:
        emit([_tree_data(one) for one in lines])
        return
    for one in lines:
        indent = "  " * one.depth
        line(_tree_text(one, call.lang), f"{indent}    ", first=indent)
    if not lines:
        click.echo(call.words("还没有导入任何单位。", "There are no units yet."))


def _tree_data(one: TreeLine) -> dict[str, Any]:
    posts = [{"post": post, "person": person} for post, person in one.posts]
    return {"unit": one.code, "name": one.name, "level": one.level, "kind": one.kind, "depth": one.depth, "posts": posts}


def _tree_text(one: TreeLine, lang: Lang) -> str:
    kind = f"{one.level}, {one.kind}" if one.kind else one.level
    bracketed = f"（{kind}）" if lang == "zh" else f" ({kind})"
    posts = "  ".join(f"{post} {person}" for post, person in one.posts)
    return f"{one.code}  {one.name}{bracketed}  {posts}".rstrip()
