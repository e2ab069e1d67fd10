"""What a round of telling people came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.operations.resting import Rest
from engine.sentences import Sentence, enumerated

# So many of those who cannot be told are named.
_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a delivery did.

    dropped: letters that were no longer true when their turn came.  held: notices that wait because the campaign's mail is off.
    rerouted: letters refused for good or given up, whose notices go on by the person's next channel.
    unreached: who could not be told for want of an address or a holder of the post.  trouble: why the last letter did not go.
    waiting: letters that still wait when it is over, the first of which may be tried at `next_try`; None where none does.
    slowed: whether some of them wait because only so many may go in that time.
    quiet: notices that wait for the hours at which letters go, the first of which may go at `opens_at`.
    misworded: where the office's own templates stand that could not be used for some letter.
    rests: the channels that are left alone for a while.
    """

    composed: int
    sent: int
    dropped: int
    failed: int
    later: int
    held: int
    unreached: tuple[str, ...] = ()
    trouble: Sentence | None = None
    waiting: int = 0
    next_try: datetime | None = None
    slowed: bool = False
    quiet: int = 0
    opens_at: datetime | None = None
    misworded: tuple[str, ...] = ()
    rests: tuple[Rest, ...] = ()
    rerouted: int = 0

    @property
    def nobody_told(self) -> Sentence | None:
        """Whom no letter reaches, some of them by name; None where there is nobody."""
        if not self.unreached:
            return None
        more = Sentence("等", " and others") if len(self.unreached) > _NAMED else ""
        return Sentence(
            "没有邮箱、邮箱退信或岗位空缺而通知不到的 {n} 处：{names}{more}。在花名册里补上或改正以后，下一次提醒就会寄到。",
            "{n} could not be told for want of an address that takes letters, or of a holder: {names}{more}. "
            "Once the roster has it, the next reminder goes there.",
            {"n": len(self.unreached), "names": enumerated(self.unreached[:_NAMED]), "more": more},
        )

    @property
    def house_words(self) -> Sentence | None:
        """That some letters went out in the house's own words; None where none did."""
        if not self.misworded:
            return None
        return Sentence(
            "有的信用不上邮件模板（{places}），改用了程序自带的文字；怎么办，见 campaign doctor。",
            "Some letters could not be written with the mail templates ({places}) and have the program's own words; see `campaign doctor`.",
            {"places": enumerated(self.misworded[:_NAMED])},
        )

    @property
    def words(self) -> Sentence:
        """For the command line and the log."""
        dropped = Sentence("情况已变而不寄 {dropped} 封，", "{dropped} no longer true, ", vars(self)) if self.dropped else ""
        again = Sentence("没有收下而改走别的渠道 {rerouted} 封，", "{rerouted} not taken and told by another channel, ", vars(self))
        return Sentence(
            "写成信件 {composed} 封，寄出 {sent} 封，{gone}{again}稍后再试 {later} 封，寄不出 {failed} 封；"
            "邮件未放行而暂存的提醒 {held} 条。",
            "{composed} letter(s) composed, {sent} sent, {gone}{again}{later} to try again, {failed} failed; "
            "{held} notice(s) held while mail is off.",
            {**vars(self), "gone": dropped, "again": again if self.rerouted else ""},
        )
