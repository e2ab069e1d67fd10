"""`demo`: the sample campaign from its first day to its last on a virtual clock, told to somebody who does not program."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine.cli import layout
from engine.cli.demo_story import Teller
from engine.cli.options import Call, argument, command
from engine.cli.output import heading, line
from engine.cli.typed import typed
from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.operations.journey_file import read_journey
from engine.operations.journeys import play
from engine.operations.office import LETTERS_LANG
from engine.operations.post import Post
from engine.sentences import Lang, Sentence
from engine.store.schema import create_database
from notifiers.registry import make

SAMPLE = Path(__file__).resolve().parents[2] / "workflows" / "open-university-2010"
_DATABASE, _PAPERS, _MARK = "campaign.db", "papers", ".campaign-demo"
_OURS = (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm", f"{_DATABASE}.files", f"{_DATABASE}.mail", _PAPERS, _MARK)


class NotADemo(CampaignError):
    """文件夹 {folder} 里已有别的东西，没有改动它。请换一个空的或不存在的文件夹。

    The folder {folder} holds something else; it was left alone. Name an empty folder, or one that does not exist.
    """


# What to type after the demo, and what it shows.
TRIES = (
    ("stuck --why", Sentence("谁卡住了，根源在哪里", "who is stuck, and where the cause is")),
    ("status", Sentence("活动概况", "the campaign at a glance")),
    ("status GB14-06", Sentence("一个单位的全部任务", "everything one unit owes")),
    ("journal GB10-02", Sentence("一个单位的经过", "what one unit went through")),
    ("notices --state suppressed", Sentence("没有寄出的提醒及原因", "reminders that were not sent, and why")),
    ("units tree", Sentence("组织树和任职", "the tree, and who holds posts")),
)


@command(
    "demo",
    more=Sentence(
        "在这个文件夹（默认 ./demo）里建立演练数据库，把一所虚构大学两年的活动演一遍，"
        "约半分钟到一分钟。信件只写成文件，绝不外发。再演一次会替换上一次的。",
        "Makes a rehearsal in FOLDER (./demo) and plays two years of a made-up university in half a minute to a minute. "
        "Letters become files, none is sent. Another run replaces the last.",
    ),
)
@argument("folder", words=Sentence("文件夹", "FOLDER"), required=False, default="demo")
def demo(call: Call, folder: str) -> None:
    """Play the sample campaign and tell of it. Raises NotADemo, and what a journey raises that does not come out as written."""
    place = Path(folder)
    _make_room(place)
    journey = read_journey(SAMPLE / "journey.yaml")
    with _house(place, call.lang) as house:
        post = Post(
            notifier=make("maildir", {"folder": str(place / f"{_DATABASE}.mail"), "durable": "no"}),
            lang=call.lang,
            sender_name=journey.office,
            sender_address=journey.address,
        )
        teller = Teller(call, house, journey)
        teller.begin()
        played = play(house, post, journey, place / _PAPERS, teller.watch)
        teller.end(played, place / f"{_DATABASE}.mail")
        post.notifier.close()
    _what_next(call, place)


@contextmanager
def _house(place: Path, lang: Lang) -> Iterator[House]:
    database = create_database(str(place / _DATABASE), {"kind": "rehearsal", LETTERS_LANG: lang}, durable=False)
    try:
        yield House(database=database, vault=Vault(place / f"{_DATABASE}.files"))
    finally:
        database.dispose()


def _make_room(place: Path) -> None:
    """An empty folder that is marked as ours; what an earlier demo left in it is taken away, and nothing else."""
    if place.exists() and not place.is_dir():
        raise NotADemo(folder=str(place))
    there = {path.name for path in place.iterdir()} if place.exists() else set()
    if there and (_MARK not in there or there - set(_OURS)):
        raise NotADemo(folder=str(place))
    for name in there:
        path = place / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    place.mkdir(parents=True, exist_ok=True)
    (place / _MARK).touch()


def _what_next(call: Call, place: Path) -> None:
    database = f"{typed(sys.argv[0])} --db {shlex.quote(str(place / _DATABASE))}"
    click.echo("")
    heading(call.words("自己试试", "Try it yourself"))
    line(call.words("数据库：{path}", "The database: {path}", path=place / _DATABASE))
    click.echo(layout.definitions([(f"{database} {words}", meaning.say(call.lang)) for words, meaning in TRIES]))
    line(call.words("工作流文件（逐条对照原文写成）：", "The workflow file, written clause by clause:"))
    click.echo(f"  {SAMPLE / 'workflow.yaml'}")
