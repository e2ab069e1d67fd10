"""Why a phrase, span, rhythm or period name cannot be read: one class for each cause."""

from __future__ import annotations

from typing import Self

from engine.errors import CampaignError


class PhraseError(CampaignError):
    """“{text}”从第 {position} 个字起读不懂。请写成规定的时间写法，如“9月14日前”“2010年5月中旬—5月底”“10个工作日内”。

    "{text}" cannot be read from character {position} on. Write one of the known forms, such as "2012-09-14", "9月14日前" or "10个工作日内".
    """

    def __init__(self, *, text: str, position: int, **values: object) -> None:
        super().__init__(text=text, position=position, **values)

    @property
    def text(self) -> str:
        """What was to be read, as it was written."""
        return str(self.values["text"])

    @property
    def position(self) -> int:
        """The column, counted from 1, of the offending character in `text`; one more than its length when it ends too early."""
        position = self.values["position"]
        return position if isinstance(position, int) else 1

    def placed(self, text: str, position: int) -> Self:
        """The same error about a longer text that holds what could not be read."""
        return type(self)(**{**self.values, "text": text, "position": position})  # type: ignore[arg-type]  # the values are those it was made of


class PhraseTooLong(PhraseError):
    """“{text}……”太长，一条时间写法最多 {most} 个字。请只写时间。

    "{text}..." is too long: a date phrase has at most {most} characters. Write the date only.
    """


class SayTheYear(PhraseError):
    """“{text}”没有写年份（第 {position} 个字），也不能从起止时间或发文日期断定。请写明年份，如“2012年9月14日”。

    "{text}" gives no year (character {position}), and neither the window nor the date of issue settles it.
    Write the year, as in "2012年9月14日".
    """


class SayTheMonth(SayTheYear):
    """“{text}”没有写月份（第 {position} 个字），也不能从起止时间断定。请写明年月，如“2012年9月底”。

    "{text}" gives no month (character {position}), and the window does not settle it. Write year and month, as in "2012年9月底".
    """


class NoSuchDay(PhraseError):
    """“{text}”第 {position} 个字处：没有“{day}”这一天。请核对日期。

    "{text}", character {position}: there is no such day as {day}. Check the date.
    """


class YearOutOfRange(PhraseError):
    """“{text}”第 {position} 个字处：年份超出1900年至2200年。请核对年份。

    "{text}", character {position}: the year lies outside 1900 to 2200. Check the year.
    """


class NoSuchTime(PhraseError):
    """“{text}”第 {position} 个字处：没有“{time}”这个时刻。请写0:00至23:59，正午写12:00；要写到当日结束，只写日期即可。

    "{text}", character {position}: there is no such time as {time}. Write 0:00 to 23:59, noon as 12:00;
    a day ends at midnight by itself, so write the day alone.
    """


class DayMissing(PhraseError):
    """“{text}”只有时刻，没有日期。请写明日期，如“9月14日16时20分”。

    "{text}" gives a time of day but no day. Write the day too, as in "9月14日16时20分".
    """


class WorkEndsUnset(PhraseError):
    """“{text}”用了“下班前”（第 {position} 个字），但没有规定下班时间。请在 calendar 中写明 work_ends。

    "{text}" says 下班前 (character {position}), but no end of the working day is set. Set `work_ends` in `calendar`.
    """


class FestivalOutsideTable(PhraseError):
    """“{text}”第 {position} 个字处：农历节日表只有{first}年至{last}年，查不到{year}年的“{festival}”。请直接写日期。

    "{text}", character {position}: the table of festivals covers {first} to {last} and does not know {festival} of {year}. Write the date.
    """


class TermRefused(PhraseError):
    """“{text}”用了“{term}”（第 {position} 个字），各校的学期、学年起止不同，无法推算。请声明一个锚点，或者直接写日期。

    "{text}" says {term} (character {position}), which begins and ends differently everywhere. Declare an anchor or write the dates.
    """


class NeedsAnchor(PhraseError):
    """“{text}”用了“{name}”（第 {position} 个字），但没有叫这个名字的锚点。请在 anchors 中声明它。

    "{text}" says {name} (character {position}), but there is no anchor of that name. Declare it under `anchors`.
    """


class NeedsPeriod(PhraseError):
    """“{text}”用了“{term}”（第 {position} 个字），只有周期性任务才能这样写。请写明 every，或者直接写日期。

    "{text}" says {term} (character {position}), which only a recurring task can say. Give it an `every`, or write the date.
    """


class NoDueHere(PhraseError):
    """“{text}”用了 due（第 {position} 个字），这里没有期限可以依据：只有同一任务的 opens 和 lock 可以从 due 算起。请写日期。

    "{text}" counts from `due` (character {position}), and there is none here: only `opens` and `lock` of the same task can. Write a date.
    """


class NotIssued(PhraseError):
    """“{text}”用了“{term}”（第 {position} 个字），但发文日期未定，无法推算。请写明发文日期 issued，或者直接写年月。

    "{text}" says {term} (character {position}), but no date of issue is known. Give a source its `issued`, or write year and month.
    """


class RangeBackwards(PhraseError):
    """“{text}”的终点（{last}）早于起点（{first}）。请核对起止时间。

    "{text}" ends ({last}) before it begins ({first}). Check both ends.
    """


class MonthsApart(PhraseError):
    """“{text}”第 {position} 个字处：并列的月份必须依次相连，如“7、8月”。不相连的请分开写。

    "{text}", character {position}: listed months must follow one another, as in "7、8月". Write months that do not in separate tasks.
    """


class NotOneDay(PhraseError):
    """“{text}”第 {position} 个字处：这里要有确定的某一天才能推算天数。请写明是哪一天。

    "{text}", character {position}: days can only be counted from one certain day. Write which day.
    """


class TwoReadings(PhraseError):
    """“{text}”有两种读法：“{name}”既是锚点名，又是日期写法。请给锚点换一个名字。

    "{text}" can be read in two ways: {name} is the name of an anchor and a date phrase too. Give the anchor another name.
    """


class HoursNeedATime(PhraseError):
    """“{text}”第 {position} 个字处：小时和分钟要从某个时刻算起。请写明时刻，如“2031-09-01 9:00 + 6h”，或者改用天数。

    "{text}", character {position}: hours and minutes are counted from a time of day.
    Write the time, as in "2031-09-01 9:00 + 6h", or use days.
    """


class SpanUnreadable(PhraseError):
    """时长“{text}”从第 {position} 个字起读不懂。请写数目加单位：min h d wd w mo y，或者分钟、小时、天、个工作日、周、个月、年。

    The span "{text}" cannot be read from character {position} on. Write a number and a unit: min h d wd w mo y.
    """


class SpanTooLong(PhraseError):
    """“{text}”第 {position} 个字处：时长超过一百年。请核对数目。

    "{text}", character {position}: the span is longer than a hundred years. Check the number.
    """


class UnknownBase(PhraseError):
    """“{text}”第 {position} 个字处：没有叫“{base}”的锚点或任务，也不是日期写法。请核对名称。

    "{text}", character {position}: {base} is neither a date phrase nor the name of an anchor or task. Check the name.
    """


class NotYetInstant(PhraseError):
    """“{text}”要等“{base}”（第 {position} 个字）在办理中发生后才能推算，目前还不支持这种写法。请先写日期、锚点或任务的期限。

    "{text}" hangs on {base} (character {position}), which only happens in a running case; this is not yet supported.
    Write a date, an anchor or a due.
    """


class RhythmUnreadable(PhraseError):
    """周期“{text}”从第 {position} 个字起读不懂。可以写 week、month、quarter、2w，或者“每季度”“每周二9:30”“每月8日、18日”。

    The rhythm "{text}" cannot be read from character {position} on.
    Write day, week, month, quarter, half, year, 2w, 3y, or a form such as "每月8日、18日".
    """


class PeriodNameUnreadable(PhraseError):
    """“{text}”不是周期名称（第 {position} 个字）。可以写：2010、2010-H2、2010-Q3、2010-09、2010-W33、2031-08-18、2010..2012。

    "{text}" is not the name of a period (character {position}).
    Accepted: 2010, 2010-H2, 2010-Q3, 2010-09, 2010-W33, 2031-08-18, 2010-09..2010-10, 2010..2012.
    """


class UnknownCountry(CampaignError):
    """没有“{country}”的节假日表。holidays 目前可以写：{known}；不写则只按周六、周日休息。

    There is no table of holidays for {country}. `holidays` may be: {known}; left out, only Saturdays and Sundays are days off.
    """
