"""What is said about selections that mean nothing."""

from __future__ import annotations

from engine.definition.expressions_sentences import did_you_mean
from engine.sentences import Sentence

_LISTED = 8

__all__ = [
    "body_is_at",
    "cycle",
    "did_you_mean",
    "make_them_subjects",
    "many",
    "name_a_level",
    "name_a_unit_or_post",
    "no_standpoint",
    "no_such_body",
    "not_yet",
    "nothing_after",
    "only_first",
    "persons",
    "possible",
    "too_deep",
    "unknown",
]


def unknown(word: str) -> Sentence:
    """A name the organisation does not have."""
    return Sentence(
        "组织里没有“{word}”：既不是层级、职务、机构，也不是分组。",
        "The organisation has no `{word}`: it is no level, post, body or group.",
        {"word": word},
    )


def possible(names: tuple[str, ...]) -> Sentence:
    """What can stand where one is read from a subject: the names of the organisation, and the relations."""
    shown = {"zh": "、".join(names[:_LISTED]), "en": ", ".join(names[:_LISTED])}
    return Sentence("可以使用的有：{zh}、unit、superior。", "There are: {en}, `unit`, `superior`.", shown)


def not_yet(word: str) -> Sentence:
    """A word of the language that the engine cannot resolve."""
    return Sentence("“{word}”暂时还不能用在这里。", "`{word}` cannot be used here yet.", {"word": word})


def no_standpoint(word: str) -> Sentence:
    """A relation where there is nobody yet to whom it could relate."""
    return Sentence(
        "“{word}”要从某个单位看才有意义，而这里是在确定对象单位。",
        "`{word}` means something only as seen from a unit; here the units themselves are being named.",
        {"word": word},
    )


def name_a_level() -> Sentence:
    """What to write instead."""
    return Sentence("请写层级、分组或机构的名称。", "Write the name of a level, a group or a body.")


def nothing_after(word: str) -> Sentence:
    """`书记.x`."""
    return Sentence("“{word}”之后不能再用点号往下写。", "Nothing can be written after `{word}` with a dot yet.", {"word": word})


def only_first(word: str) -> Sentence:
    """`学校.owner`."""
    return Sentence("“{word}”只能写在最前面。", "`{word}` can only stand first.", {"word": word})


def no_such_body(body: str, level: str) -> Sentence:
    """A body asked for at a level where it is not."""
    return Sentence("“{level}”没有设“{body}”。", "There is no `{body}` at `{level}`.", {"body": body, "level": level})


def body_is_at(levels: tuple[str, ...]) -> Sentence:
    """Where the body is."""
    return Sentence("它设在：{zh}。", "It is at: {en}.", {"zh": "、".join(levels), "en": ", ".join(levels)})


def many(level: str) -> Sentence:
    """An owner that is many."""
    return Sentence(
        "从对象单位看，“{level}”在它下面，有许多个，而这里只能是一个。",
        "Seen from the subject, `{level}` lies below and is many; here it has to be one.",
        {"level": level},
    )


def make_them_subjects() -> Sentence:
    """What to do about it."""
    return Sentence("请把它们写成 for（对象）。", "Make them the subjects: write them under `for`.")


def cycle(group: str) -> Sentence:
    """A group made of itself."""
    return Sentence("分组“{group}”绕来绕去又包含了它自己。", "The group `{group}` comes to contain itself.", {"group": group})


def too_deep(group: str, most: int) -> Sentence:
    """Groups in groups in groups."""
    return Sentence(
        "分组“{group}”嵌套超过了 {most} 层。", "The group `{group}` is nested more than {most} deep.", {"group": group, "most": most}
    )


def persons(post: str) -> Sentence:
    """A post that many persons hold at one unit."""
    return Sentence(
        "“{post}”由许多人担任，暂时还不能逐人布置。",
        "`{post}` is held by many persons, who cannot be named one by one yet.",
        {"post": post},
    )


def name_a_unit_or_post() -> Sentence:
    """What to write instead."""
    return Sentence("请写单位，或写由一个人担任的职务。", "Name the units, or a post that one person holds.")
