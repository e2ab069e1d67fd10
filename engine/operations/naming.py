"""Names that somebody gives at the command line: what is kept of them, and which are none."""

from __future__ import annotations

from engine.errors import CampaignError, Echo
from engine.sentences import Sentence

# What the database keeps (PostgreSQL counts).
LONGEST_CAMPAIGN = 120
LONGEST_PERSON = 200


class BlankName(CampaignError):
    """{what}是空的。请写一个名称，或去掉这一项。

    {what} is blank. Give a name, or leave it out.
    """

    exit_code = 2


class LongName(Echo):
    """{what}“{name}”有 {count} 个字符，最多 {most} 个。请缩短。

    {what} “{name}” has {count} characters; {most} are allowed. Shorten it.
    """

    exit_code = 2


def expect_name(name: str, what: Sentence, most: int) -> str:
    """The name without blanks around it. what: which name it is, at the beginning of a sentence. Raises BlankName, LongName."""
    given = name.strip()
    if not given:
        raise BlankName(what=what)
    if len(given) > most:
        raise LongName(what=what, name=given, count=len(given), most=most)
    return given
