"""The one error tree. A class's docstring is its message: the Chinese sentence, a blank line, the English one."""

from __future__ import annotations

import inspect
import re

from engine.sentences import Lang, Problem, Sentence, Verdict

# Words that are told back to whoever typed them.
_LONGEST_ECHO = 80


class CampaignError(Exception):
    """出了问题。

    Something went wrong.
    """

    exit_code = 1

    def __init__(self, **values: object) -> None:
        super().__init__(values)
        self.values = values

    @property
    def code(self) -> str:
        """The stable kebab-case name of this error."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def sentence(self) -> Sentence:
        """The message of this error, both languages, values filled in when said."""
        zh, en = inspect.cleandoc(type(self).__doc__ or "").split("\n\n", 1)
        return Sentence(_one_line(zh), _one_line(en), self.values)

    def say(self, lang: Lang) -> str:
        """The message in one language."""
        return self.sentence.say(lang)

    def __str__(self) -> str:
        return self.say("en")


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())


class Echo(CampaignError):
    """看不懂这样写的内容。

    What was typed is not understood.
    """

    def __init__(self, **values: object) -> None:
        # What somebody pasted may be longer than any screen.
        super().__init__(**{name: _cut(value) if isinstance(value, str) else value for name, value in values.items()})


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_ECHO else f"{text[: _LONGEST_ECHO - 1]}…"


class WrongUsage(CampaignError):
    """用法不对：{what}

    Wrong usage: {what}
    """

    exit_code = 2


class FileProblems(CampaignError):
    """{file} 中有 {count} 处问题，什么都没有改动。

    {file} has {count} problem(s); nothing was changed.
    """

    def __init__(self, problems: tuple[Problem, ...], *, file: str) -> None:
        super().__init__(file=file, count=len(problems))
        self.problems = problems


class Refused(CampaignError):
    """现在不能这样做，共有 {count} 个条件没有满足。

    This cannot be done now: {count} condition(s) not met.
    """

    def __init__(self, verdicts: tuple[Verdict, ...]) -> None:
        super().__init__(count=len(verdicts))
        self.verdicts = verdicts
