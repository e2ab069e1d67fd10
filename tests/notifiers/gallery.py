"""Write the sample letters as .html, .txt, .eml and .png, to be looked at: `python -m tests.notifiers.gallery FOLDER`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from notifiers.base import Letter, as_mime
from notifiers.errors import Lang
from notifiers.samples import samples
from notifiers.texts import Composed, compose
from tests.notifiers.pictures import browser, draw

NOW = datetime(2010, 10, 8, 1, 0, tzinfo=UTC)


def write_gallery(folder: Path) -> list[Path]:
    """Every sample in both languages as three files; returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    languages: tuple[Lang, ...] = ("zh", "en")
    return [
        path for lang in languages for name, view in samples(lang).items() for path in _write(folder, f"{lang}-{name}", lang, compose(view))
    ]


def _write(folder: Path, name: str, lang: Lang, composed: Composed) -> list[Path]:
    contents = {
        ".html": composed.html.encode(),
        ".txt": f"{composed.subject}\n\n{composed.text}".encode(),
        ".eml": as_mime(letter(name, lang, composed), NOW).as_bytes(),
    }
    for suffix, content in contents.items():
        (folder / (name + suffix)).write_bytes(content)
    return [folder / (name + suffix) for suffix in contents]


def letter(name: str, lang: Lang, composed: Composed) -> Letter:
    """The composed sample as a letter between made-up people."""
    return Letter(
        message_id=f"<{name}@campaign.example.org>",
        sender_name="创先争优活动办公室" if lang == "zh" else "Campaign Office",
        sender_address="office@example.org",
        to_name="李四" if lang == "zh" else "Eve Ellis",
        to_address="somebody@example.org",
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        lang=lang,
        list_id="campaign.example.org",
    )


_NO_BROWSER = """没有找到 Chromium，因此没有截图（.png）：装上 chromium 再来一次，或者用浏览器打开 .html。
No Chromium was found, so there are no pictures (.png): install chromium and try again, or open the .html files in a browser.
"""


def main(folder: Path) -> None:
    """Write everything, and say what there is."""
    written = write_gallery(folder)
    program = browser()
    pictures = [] if program is None else draw(program, [path for path in written if path.suffix == ".html"])
    sys.stdout.write(f"{folder}: {len(written) // 3} letters (.html .txt .eml), {len(pictures)} pictures\n")
    if program is None:
        sys.stderr.write(_NO_BROWSER)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.notifiers.gallery FOLDER")
    main(Path(sys.argv[1]))
