"""The house at an address: its database, the place of its artifacts, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.definition.codec import decode
from engine.definition.model import Workflow
from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.operations.campaigns import LaunchUnfinished, NoCampaign, UnknownCampaign, WhichCampaign, choose
from engine.operations.context import House, set_virtual_now
from engine.sentences import Sentence
from engine.settings import Settings
from engine.store import campaigns
from engine.store import house as facts
from engine.store.database import address, open_database
from engine.store.failures import shown
from engine.store.sweeping import next_instant

# Where no campaign says otherwise yet.
HOME = ZoneInfo("Asia/Shanghai")
_KEPT = {".files": Sentence("报送的材料", "artifacts"), ".mail": Sentence("信件", "letters")}


class NoFolder(CampaignError):
    """数据库 {where} 不是文件，旁边没有地方可放{what}。请用环境变量 {variable} 指明一个文件夹。

    The database {where} is no file, so there is no place beside it for {what}. Name a folder with the environment variable {variable}.
    """


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """The database and the vault of the settings, closed at the end. Raises NoDatabase and its kin, NoFolder."""
    database = open_database(settings.database)
    try:
        yield House(database=database, vault=Vault(files_folder(settings)))
    finally:
        database.dispose()


def files_folder(settings: Settings) -> Path:
    """Where artifacts are kept: beside the SQLite file, or where the settings say. Raises NoFolder."""
    return settings.files or _beside(settings, ".files", "CAMPAIGN_FILES")


def mail_folder(settings: Settings) -> Path:
    """Where letters are written that do not leave the house. Raises NoFolder."""
    return settings.mail_folder or _beside(settings, ".mail", "CAMPAIGN_MAIL_FOLDER")


def _beside(settings: Settings, ending: str, variable: str) -> Path:
    url = address(settings.database)
    if url.drivername != "sqlite":
        raise NoFolder(where=shown(url), what=_KEPT[ending], variable=variable)
    return Path(f"{url.database}{ending}")


def is_rehearsal(house: House) -> bool:
    """Whether the database was made for rehearsing."""
    with house.database.read() as connection:
        return facts.is_rehearsal(connection)


def zone_of(house: House, campaign: str | None) -> ZoneInfo:
    """The zone in which people read and write times: the campaign's, or the house's own before there is one."""
    try:
        with house.database.read() as connection:
            return choose(connection, campaign).zone
    except (LaunchUnfinished, NoCampaign, UnknownCampaign, WhichCampaign):
        # Whoever needs the campaign itself is told so by the operation.
        return zone_of_workflow(house, None) or HOME


def zone_of_workflow(house: House, name: str | None) -> ZoneInfo | None:
    """The zone of the loaded workflow of that name, or the one that all loaded workflows share; None where nothing says."""
    with house.database.read() as connection:
        names = {row.name for row in campaigns.workflows(connection)}
        rows = [campaigns.find_workflow(connection, one) for one in names if name in (None, one)]
    zones = {decode(Workflow, row.compiled).calendar.timezone for row in rows}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else None


def due_since(house: House, now: datetime) -> datetime | None:
    """Since when something is due that no sweep has done; None where all is done."""
    with house.database.read() as connection:
        following = next_instant(connection)
    return following if following is not None and following <= now else None


def move_clock(house: House, now: datetime) -> None:
    """A rehearsal's clock has come this far, also where nothing was due. A live database goes by its clock: nothing is changed."""
    if is_rehearsal(house):
        with house.database.write() as connection:
            set_virtual_now(connection, now)
