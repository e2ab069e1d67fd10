"""The answer on its way out: where it is lost, what became of the act is said all the same."""

from __future__ import annotations

import io
from typing import Any, TextIO

from engine.errors import CampaignError
from engine.kept import something_kept
from engine.oserrors import why


class AnswerLost(CampaignError):
    """事情已经办理并保存，只是结果没能输出（{why}）。再办之前，请先用 campaign status 或 campaign journal 查看，以免重复。

    It was done and is kept; only the answer could not be printed ({why}). Before you do it again, look with `campaign status` or
    `campaign journal`.
    """


class NoAnswer(CampaignError):
    """结果没能输出（{why}）；没有因此改动任何东西。请换一个地方输出，或清理磁盘后重试。

    The answer could not be printed ({why}); nothing was changed by that. Print it elsewhere, or make room, and try again.
    """


class OutputFailed(OSError):
    """Standard output refuses: a full disk, as a rule."""


class _Out(io.FileIO):
    """Standard output, whose failures are told apart from those of any other file; that nobody reads any more is no failure."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(error.errno, error.strerror) from error


def telling(stream: TextIO) -> TextIO:
    """The same stream, raising OutputFailed; what is no file of the system (within a test, say) is left as it is."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return stream
    out = io.BufferedWriter(_Out(number, "wb", closefd=False))
    at_once = bool(getattr(stream, "write_through", False))
    lines = bool(stream.line_buffering)
    return io.TextIOWrapper(out, encoding=stream.encoding, errors=stream.errors, line_buffering=lines, write_through=at_once)


def answer_lost(error: OutputFailed) -> CampaignError:
    """What to say of an answer that could not be printed: whether something was done before, and is kept."""
    return (AnswerLost if something_kept.is_set() else NoAnswer)(why=why(error))
