"""The days of the festivals that a date phrase may name: those with a fixed date, and those of the lunar calendar."""

from __future__ import annotations

from datetime import date

from chinese_calendar import get_solar_terms

from engine.timing.errors import FestivalOutsideTable

FIXED = {
    "元旦": (1, 1), "三八": (3, 8), "五一": (5, 1), "五四": (5, 4), "七一": (7, 1), "八一": (8, 1), "教师节": (9, 10), "国庆": (10, 1),
}  # fmt: skip
_LUNAR_COLUMN = {"春节": 0, "端午": 1, "中秋": 2}
LUNAR_YEARS = (2000, 2050)
# The holiday library tells which days are free, not which of them is the festival itself; tests hold this table against two libraries.
_LUNAR = {
    2000: "0205 0606 0912", 2001: "0124 0625 1001", 2002: "0212 0615 0921", 2003: "0201 0604 0911", 2004: "0122 0622 0928",
    2005: "0209 0611 0918", 2006: "0129 0531 1006", 2007: "0218 0619 0925", 2008: "0207 0608 0914", 2009: "0126 0528 1003",
    2010: "0214 0616 0922", 2011: "0203 0606 0912", 2012: "0123 0623 0930", 2013: "0210 0612 0919", 2014: "0131 0602 0908",
    2015: "0219 0620 0927", 2016: "0208 0609 0915", 2017: "0128 0530 1004", 2018: "0216 0618 0924", 2019: "0205 0607 0913",
    2020: "0125 0625 1001", 2021: "0212 0614 0921", 2022: "0201 0603 0910", 2023: "0122 0622 0929", 2024: "0210 0610 0917",
    2025: "0129 0531 1006", 2026: "0217 0619 0925", 2027: "0206 0609 0915", 2028: "0126 0528 1003", 2029: "0213 0616 0922",
    2030: "0203 0605 0912", 2031: "0123 0624 1001", 2032: "0211 0612 0919", 2033: "0131 0601 0908", 2034: "0219 0620 0927",
    2035: "0208 0610 0916", 2036: "0128 0530 1004", 2037: "0215 0618 0924", 2038: "0204 0607 0913", 2039: "0124 0527 1002",
    2040: "0212 0614 0920", 2041: "0201 0603 0910", 2042: "0122 0622 0928", 2043: "0210 0611 0917", 2044: "0130 0531 1005",
    2045: "0217 0619 0925", 2046: "0206 0608 0915", 2047: "0126 0529 1004", 2048: "0214 0615 0922", 2049: "0202 0604 0911",
    2050: "0123 0623 0930",
}  # fmt: skip


def festival_day(name: str, year: int) -> date:
    """The day of a festival. Raises FestivalOutsideTable outside the years of the lunar table, or for a name it does not hold."""
    name = name if name in FIXED or name in _LUNAR_COLUMN else name.removesuffix("节")
    if name in FIXED:
        return date(year, *FIXED[name])
    first, last = LUNAR_YEARS
    if not first <= year <= last or name not in (*_LUNAR_COLUMN, "清明"):
        raise FestivalOutsideTable(text=f"{year}年{name}", position=1, festival=name, year=year, first=first, last=last)
    if name == "清明":
        return _clear_brightness(year)
    month_day = _LUNAR[year].split()[_LUNAR_COLUMN[name]]
    return date(year, int(month_day[:2]), int(month_day[2:]))


def _clear_brightness(year: int) -> date:
    found: list[tuple[date, str]] = get_solar_terms(date(year, 4, 1), date(year, 4, 10))
    return next(day for day, term in found if term == "清明")
