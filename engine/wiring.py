"""Putting the rooms together: the house at an address, the place of its files, and how its letters leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.definition.codec import decode
from engine.definition.model import Organisation, Workflow
from engine.errors import CampaignError, FileProblems
from engine.evidence.vault import Vault
from engine.operations.campaigns import NoCampaign, UnknownCampaign, WhichCampaign, choose
from engine.operations.context import House, set_virtual_now
from engine.operations.loading import check_file
from engine.operations.telling import OFFICE_ADDRESS, Post
from engine.sentences import Sentence
from engine.settings import Settings, smtp_options
from engine.store import campaigns
from engine.store import house as facts
from engine.store.database import address, open_database, shown
from notifiers.registry import make

# Where no campaign says otherwise yet.
HOME = ZoneInfo("Asia/Shanghai")
_KEPT = {".files": Sentence("报送的材料", "artifacts"), ".mail": Sentence("信件", "letters")}


class NoFolder(CampaignError):
    """数据库 {where} 不是文件，旁边没有地方可放{what}。请用环境变量 {variable} 指明一个文件夹。

    The database {where} is no file, so there is no place beside it for {what}. Name a folder with the environment variable {variable}.
    """


class NoNotifier(CampaignError):
    """还没有配置怎样发信。请设置环境变量 CAMPAIGN_NOTIFIER（smtp、maildir 或 console）；用 smtp 时另设 CAMPAIGN_SMTP_HOST 等。

    Nothing says how letters are sent. Set CAMPAIGN_NOTIFIER (smtp, maildir or console); for smtp also CAMPAIGN_SMTP_HOST and others.
    """


class NoSender(CampaignError):
    """还没有写明发件人。请设置环境变量 CAMPAIGN_SENDER（如“活动办公室 <office@example.org>”），或在 init 时用 --office-address 写明。

    Nobody is named as sender. Set CAMPAIGN_SENDER (such as “Campaign Office <office@example.org>”), or give `init` an --office-address.
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


@contextmanager
def open_post(settings: Settings, house: House) -> Iterator[Post]:
    """How letters leave, closed at the end. A rehearsal's never do: they become files. Raises NoNotifier, NoSender, NotConfigured."""
    name, options = _channel(settings, rehearsal=is_rehearsal(house))
    with house.database.read() as connection:
        office = facts.read_setting(connection, OFFICE_ADDRESS) or ""
    if not settings.sender_address and not office:
        raise NoSender
    notifier = make(name, options)
    try:
        yield Post(notifier=notifier, lang=settings.lang, sender_name=settings.sender_name, sender_address=settings.sender_address)
    finally:
        notifier.close()


def _channel(settings: Settings, *, rehearsal: bool) -> tuple[str, dict[str, str]]:
    if rehearsal or settings.notifier == "maildir":
        return "maildir", {"folder": str(mail_folder(settings))}
    if not settings.notifier:
        raise NoNotifier
    return settings.notifier, smtp_options(settings) if settings.notifier == "smtp" else {}


def zone_of(house: House, campaign: str | None) -> ZoneInfo:
    """The zone in which people read and write times: the campaign's, or the house's own before there is one."""
    try:
        with house.database.read() as connection:
            return choose(connection, campaign).zone
    except (NoCampaign, UnknownCampaign, WhichCampaign):
        # Whoever needs the campaign itself is told so by the operation.
        return HOME


def move_clock(house: House, now: datetime) -> None:
    """A rehearsal's clock has come this far, also where nothing was due. A live database goes by its clock: nothing is changed."""
    if is_rehearsal(house):
        with house.database.write() as connection:
            set_virtual_now(connection, now)


def organisation_in(file: Path) -> Organisation:
    """The organisation that a workflow file describes. Raises FileUnreadable, FileProblems."""
    checked = check_file(file)
    if checked.workflow is None:
        raise FileProblems(checked.problems, file=checked.file)
    return checked.workflow.organisation


def loaded_organisation(house: House) -> Organisation | None:
    """The organisation of the one workflow that is loaded; None where there is none, or several."""
    with house.database.read() as connection:
        rows = campaigns.workflows(connection)
        names = {row.name for row in rows}
        found = campaigns.find_workflow(connection, names.pop()) if len(names) == 1 else None
        return None if found is None else decode(Workflow, found.compiled).organisation
