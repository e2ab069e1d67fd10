"""What the robots of DingTalk, WeCom and Feishu share: they speak to a whole group, so many letters a minute, each of so many bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Mapping

from notifiers.base import Cause, Letter, clean_text, one_line
from notifiers.contacts import is_contact
from notifiers.errors import Lang
from notifiers.posting import Answer, NotPosted, refused_by_status
from notifiers.wrap import shorten, unwrap

# What a code means: the cause, and whether trying again is useless.
Meaning = tuple[Cause, bool]
SETTINGS: Meaning = ("login", False)
BUSY: Meaning = ("busy", False)
CONTENT: Meaning = ("content", True)

_MINUTE = 60.0
_WORDS_SHOWN = 300
_OFFICE_COLUMNS = 60
_JOINERS = "\u200d\ufe0e\ufe0f"


class Pace:
    """No more than so many letters in any minute: whoever sends more is cut off, by DingTalk for ten minutes.

    Another process may speak through the same robot: what it sends is not seen here, and the service has the last word.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._sent: deque[float] = deque()

    def take(self) -> None:
        """Count one letter; raises NotPosted, to be tried again, when the minute is full."""
        now = self._clock()
        while self._sent and now - self._sent[0] >= _MINUTE:
            self._sent.popleft()
        if len(self._sent) >= self._most:
            raise NotPosted(f"{self._most}/min", cause="busy")
        self._sent.append(now)


def called(letter: Letter) -> str:
    """Whom the robot calls, so that her telephone rings; '' for nobody."""
    return letter.contact if is_contact(letter.contact) else ""


def headline(letter: Letter) -> str:
    """`李四：今天到期` / `Eve Ellis: due today`: in a group, what is said has to begin with the name of whom it is said to."""
    colon = "：" if letter.lang == "zh" else ": "
    return colon.join(filter(None, (one_line(letter.to_name), one_line(letter.subject))))


def body(letter: Letter) -> str:
    """The letter's text, its lines as long as they are: a phone folds them itself."""
    return clean_text(unwrap(letter.text)).strip("\n")


def cut(text: str, letter: Letter, fits: Callable[[str], bool]) -> str:
    """The text, if it is too long its first lines and one that says how many are left out and who has them all.

    fits: whether the service takes a text; of two the shorter one fits if the longer one does.  A first line that is too
    long alone is cut between two characters.
    """
    if fits(text):
        return text
    lines = text.split("\n")
    kept = _most(len(lines) - 1, lambda count: fits(_with_note(lines, count, letter)))
    if kept:
        return _with_note(lines, kept, letter)
    length = _most(len(lines[0]), lambda count: fits(_with_note([lines[0][:count] + "…", *lines], 1, letter)))
    return _with_note([_whole(lines[0], length) + "…", *lines], 1, letter)


def _most(most: int, fits: Callable[[int], bool]) -> int:
    """The greatest number up to `most` that fits; 0 where none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _with_note(lines: list[str], kept: int, letter: Letter) -> str:
    shown = "\n".join(lines[:kept]).rstrip("\n")
    left = sum(1 for line in lines[kept:] if line.strip())
    return f"{shown}\n\n{_LEFT[letter.lang].format(left=left)}{_whom_to_ask(letter)}"


_LEFT: Mapping[Lang, str] = {
    "zh": "……群消息放不下，还有 {left} 行没有写出。",
    "en": "... This is all that fits into a group message: {left} more line(s) are left out.",
}
_ASK: Mapping[Lang, str] = {"zh": "全文请向{name}（{address}）索取。", "en": " Ask {name} ({address}) for the whole letter."}


def _whom_to_ask(letter: Letter) -> str:
    """Nothing in a letter to the office itself: there is nobody else to ask."""
    address = letter.reply_to or letter.sender_address
    if address == letter.to_address:
        return ""
    name = shorten(one_line(letter.sender_name), _OFFICE_COLUMNS)
    return _ASK[letter.lang].format(name=name or _OFFICE[letter.lang], address=address)


_OFFICE: Mapping[Lang, str] = {"zh": "活动办公室", "en": "the campaign office"}


def _whole(line: str, length: int) -> str:
    """So many characters of the line, fewer where the next one belongs to the last."""
    while 0 < length < len(line) and _belongs(line[length - 1], line[length]):
        length -= 1
    return line[:length]


def _belongs(before: str, char: str) -> bool:
    return bool(unicodedata.combining(char)) or char in _JOINERS or before == _JOINERS[0]


def size(text: str) -> int:
    """In bytes of UTF-8, as the services count."""
    return len(text.encode())


def signature(key: str, words: str = "") -> str:
    """HMAC-SHA256 in Base64."""
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


# 503 says by itself that it is for all letters.
_BROKEN = frozenset(range(500, 600)) - {503}


def taken(answer: Answer, codes: Mapping[int, Meaning], *, code: str, words: str) -> str:
    """The receipt, if the code in the answer is zero: HTTP 200 alone says nothing. Raises NotPosted by what the code means.

    code, words: the names of the code and of its explanation in the answer.  A code that is not in `codes` may be tried again.
    """
    values = answer.values()
    found = values.get(code)
    if not isinstance(found, int) or isinstance(found, bool) or (found == 0 and answer.status != 200):
        # These services know no id of a letter: whether one of them that breaks has taken it makes no difference to the next try.
        raise NotPosted(answer.said) if answer.status in _BROKEN else refused_by_status(answer)
    said = f"{found} {one_line(str(values.get(words, '')))[:_WORDS_SHOWN]}".rstrip()
    if found == 0:
        return said
    cause, permanent = codes.get(found, ("refused", False))
    raise NotPosted(said, permanent=permanent, cause=cause)
