"""How the letters of a house leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.errors import CampaignError
from engine.operations.channels import note_channels
from engine.operations.context import House
from engine.operations.office import OFFICE_ADDRESS, letters_lang
from engine.operations.post import Nowhere, Post
from engine.sentences import Lang, Sentence, enumerated
from engine.settings import Rate, Settings, channel_options
from engine.store import house as facts
from engine.store.database import Connection
from engine.store.rates import Limit
from engine.wiring.house import is_rehearsal, mail_folder
from notifiers.base import Letter, Notifier, NotSent, Reachable, expect_sender
from notifiers.errors import NotifierError
from notifiers.registry import NOTIFIERS, TAKING_FILES, NotConfigured, make

# By which channel a house that has none yet will most likely write.
_USUAL = "smtp"


class NoNotifier(CampaignError):
    """还没有配置怎样发信。请设置环境变量 CAMPAIGN_NOTIFIER（{channels}，可写几个，第一个是默认的）；用 smtp 时另设 CAMPAIGN_SMTP_HOST 等，
    别的渠道同理。

    Nothing says how letters are sent. Set CAMPAIGN_NOTIFIER ({channels}; one or several, the usual one first); for smtp also
    CAMPAIGN_SMTP_HOST and others, and so for the rest.
    """


class NoSender(CampaignError):
    """还没有写明发件人。请设置环境变量 CAMPAIGN_SENDER（如“活动办公室 <office@example.org>”），或在 init 时用 --office-address 写明。

    Nobody is named as sender. Set CAMPAIGN_SENDER (such as “Campaign Office <office@example.org>”), or give `init` an --office-address.
    """


class BadSender(CampaignError):
    """发件人地址“{address}”不能用，一封信也没有写。请把 CAMPAIGN_SENDER 改正为“活动办公室 <office@example.org>”这样的写法，域名用英文。

    Letters cannot be sent from the address “{address}”; none was written or sent. Correct CAMPAIGN_SENDER (such as “Campaign Office
    <office@example.org>”, with a domain in plain letters).
    """


class MailFolderIsFile(CampaignError):
    """信件要写入文件夹 {folder}，可是那里有一个同名的文件。请把它移走或改名，或用环境变量 CAMPAIGN_MAIL_FOLDER 指明另一个文件夹。

    Letters are written into the folder {folder}, but a file of that name is in its place. Move or rename it, or name another folder with
    CAMPAIGN_MAIL_FOLDER.
    """


@contextmanager
def open_post(settings: Settings, house: House) -> Iterator[Post]:
    """How letters leave, closed at the end. A rehearsal's never do: they become files.

    Raises NoNotifier, NoSender, BadSender, NotConfigured, MailFolderIsFile.
    """
    names, rehearsal = channel_names(settings, house), is_rehearsal(house)
    if not names:
        raise NoNotifier(channels=enumerated(NOTIFIERS))
    with house.database.read() as connection:
        lang = _lang(settings, connection)
    _expect_sender(settings, house)
    with ExitStack() as opened:
        usual, *others = [_made(settings, name, rehearsal=rehearsal) for name in names]
        for notifier in (usual, *others):
            opened.callback(notifier.close)
        yield Post(
            notifier=usual,
            others=tuple(others),
            lang=lang,
            sender_name=settings.sender_name,
            sender_address=settings.sender_address,
            limit=_limit(settings.rate),
            limit_by_domain=_limit(settings.rate_domain),
            unsubscribe_url=settings.unsubscribe_url,
        )


def channel_names(settings: Settings, house: House) -> tuple[str, ...]:
    """The channels that the house has, the usual one first.

    A rehearsal has only files; where several channels are named it plays them all, so that one can see what would go by which.
    """
    if is_rehearsal(house) and len(settings.notifiers) < 2:
        return ("maildir",)
    return settings.notifiers


def keep_channels(settings: Settings, house: House) -> None:
    """Let the database know the channels, so that a launch can say whom letters will not reach."""
    names = channel_names(settings, house)
    if names:
        with house.database.write() as connection:
            note_channels(connection, names)


@dataclass(frozen=True, kw_only=True)
class Played:
    """Stands for a channel in a rehearsal: its letters become files."""

    name: str
    attaches: bool
    files: Notifier

    def send(self, letter: Letter, now: datetime) -> str:
        """Write the letter. Who is in a group needs no address, but a file has to say to whom it is: the sender's stands for hers."""
        address = letter.to_address or letter.sender_address
        return self.files.send(replace(letter, to_address=address, attachments=letter.attachments if self.attaches else ()), now)

    def close(self) -> None:
        """Nothing is held open."""
        self.files.close()

    def hang_up(self) -> None:
        """Nobody is talked to."""
        self.files.hang_up()


def looking_only(settings: Settings, house: House) -> Post:
    """The post of somebody who only wants to see what would leave: in the same name and by the same channels, but nothing does."""
    usual, *others = [Nowhere(name=name, attaches=name in TAKING_FILES) for name in channel_names(settings, house) or (_USUAL,)]
    with house.database.read() as connection:
        lang = _lang(settings, connection)
    return Post(
        notifier=usual,
        others=tuple(others),
        lang=lang,
        sender_name=settings.sender_name,
        sender_address=settings.sender_address,
    )


def _lang(settings: Settings, connection: Connection) -> Lang:
    """In which letters are written: a matter of the house, never of whoever happens to send or look at them (--lang)."""
    return settings.mail_lang or letters_lang(connection) or settings.usual_lang


def _limit(rate: Rate | None) -> Limit | None:
    return None if rate is None else Limit(count=rate.count, within=rate.within)


def unsendable(settings: Settings, house: House) -> Sentence | None:
    """Why no letter could leave the house as things are set; None where one could. Nothing is sent, nobody is called."""
    try:
        with open_post(settings, house):
            return None
    except NotConfigured as error:
        found = [fault for _, fault in faults(settings, house) if fault is not None]
        return _one_after_the_other(found) or _said(error)
    except (NoNotifier, NoSender, BadSender, MailFolderIsFile) as error:
        return error.sentence


def _one_after_the_other(said: Sequence[Sentence]) -> Sentence | None:
    """Each channel that cannot be used has its sentence."""
    values = {f"said_{place}": one for place, one in enumerate(said)}
    zh, en = "".join(f"{{{name}}}" for name in values), " ".join(f"{{{name}}}" for name in values)
    return Sentence(zh, en, values) if values else None


def faults(settings: Settings, house: House) -> tuple[tuple[str, Sentence | None], ...]:
    """Each channel of the house, the usual one first, and what is wrong with its settings; None where nothing is. Nobody is called."""
    rehearsal = is_rehearsal(house)
    return tuple((name, _fault(settings, name, rehearsal=rehearsal)) for name in channel_names(settings, house))


def called(settings: Settings, house: House) -> tuple[tuple[str, Sentence | None], ...]:
    """The same after each has been called: a mail server is logged in to, a service only reached. No letter is sent."""
    rehearsal = is_rehearsal(house)
    return tuple((name, _fault(settings, name, rehearsal=rehearsal, calling=True)) for name in channel_names(settings, house))


def _fault(settings: Settings, name: str, *, rehearsal: bool, calling: bool = False) -> Sentence | None:
    try:
        with closing(_made(settings, name, rehearsal=rehearsal)) as notifier:
            if calling and isinstance(notifier, Reachable):
                notifier.call()
    except (NotConfigured, NotSent) as error:
        return _said(error)
    except CampaignError as error:
        return error.sentence
    return None


def _said(error: NotifierError) -> Sentence:
    return Sentence("{zh}", "{en}", {"zh": error.zh, "en": error.en})


def _expect_sender(settings: Settings, house: House) -> None:
    with house.database.read() as connection:
        office = facts.read_setting(connection, OFFICE_ADDRESS) or ""
    if not settings.sender_address and not office:
        raise NoSender
    _expect_usable(settings.sender_address or office)


def _expect_usable(address: str) -> None:
    """Every letter would fail for good under an address that is none, or whose domain a Message-ID or a List-Id cannot hold."""
    try:
        expect_sender(address)
    except NotSent as error:
        raise BadSender(address=address) from error
    if not address.isascii():
        raise BadSender(address=address)


def _made(settings: Settings, name: str, *, rehearsal: bool) -> Notifier:
    """Nothing is opened before the first letter. Raises NotConfigured, MailFolderIsFile, and what is wrong with a secret."""
    if rehearsal and name in NOTIFIERS:
        files = make("maildir", {"folder": _folder(mail_folder(settings))})
        return files if name == "maildir" else Played(name=name, attaches=name in TAKING_FILES, files=files)
    options = channel_options(settings, name)
    if name == "maildir" and "folder" not in options:
        options["folder"] = _folder(mail_folder(settings))
    return make(name, options)


def _folder(folder: Path) -> str:
    if folder.exists() and not folder.is_dir():
        raise MailFolderIsFile(folder=str(folder))
    return str(folder)
