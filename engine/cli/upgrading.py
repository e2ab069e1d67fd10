"""Bringing a database of an older program up to date: `upgrade`. Only this command loads what that takes."""

from __future__ import annotations

from engine.cli.options import Call, command, option
from engine.cli.output import line
from engine.sentences import Sentence
from engine.store.database import address
from engine.store.failures import shown
from engine.store.schema import upgrade as bring_up_to_date


@command(
    "upgrade",
    "db",
    more=Sentence(
        "换了新版本的程序后用一次。先停掉其他正在使用这个数据库的程序。SQLite 文件升级前自动留一份副本。",
        "Once after a newer program was installed. Stop whatever else uses the database first. Of an SQLite file a copy is kept.",
    ),
)
@option("--copied", words=Sentence("PostgreSQL：已经用 pg_dump 备份过", "PostgreSQL: it has been backed up with pg_dump"))
def upgrade(call: Call, copied: bool) -> None:
    """Upgrade the database. Raises NothingToUpgrade, CopyExists, CopyYourself, NewerDatabase."""
    where = call.settings.database
    kept = bring_up_to_date(where, copied=copied)
    copy = Sentence("；原来的留在 {file}", "; the old one is kept at {file}", {"file": kept}) if kept else Sentence("", "")
    line(call.words("已升级 {where}{copy}。", "Upgraded {where}{copy}.", where=shown(address(where)), copy=copy))
