"""Pages as pictures, drawn by the Chromium of this machine, which is spoken to through two pipes (the DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# As wide as a mail is seen, in CSS pixels.
WIDTHS = {"desktop": 900, "phone": 375}
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 60.0


def browser() -> str | None:
    """The Chromium of this machine; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def draw(program: str, pages: Iterable[Path]) -> list[Path]:
    """Every page at every width, whole, as a .png beside it; returns what was written."""
    with _tab(program) as tab:
        return [_drawn(tab, page, name, width) for page in pages for name, width in WIDTHS.items()]


def _drawn(tab: _Tab, page: Path, name: str, width: int) -> Path:
    screen: dict[str, Any] = {"width": width, "height": 200, "deviceScaleFactor": 1, "mobile": name == "phone"}
    tab.call("Emulation.setDeviceMetricsOverride", **screen)
    tab.call("Page.navigate", until="Page.loadEventFired", url=page.resolve().as_uri())
    size = tab.call("Page.getLayoutMetrics")["cssContentSize"]
    clip: dict[str, Any] = {"x": 0, "y": 0, "width": max(width, size["width"]), "height": size["height"], "scale": 1}
    picture = tab.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
    path = page.with_name(f"{page.stem}-{name}.png")
    path.write_bytes(base64.b64decode(picture))
    return path


class _Tab:
    """One page of a browser. ears, mouth: the pipes to it; every message on them ends in a zero byte."""

    def __init__(self, ears: int, mouth: int) -> None:
        self._ears, self._mouth = ears, mouth
        self._heard = b""
        self._count = 0
        self._session: dict[str, str] = {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        self.call("Page.enable")

    def call(self, method: str, until: str = "", **params: Any) -> Any:
        """What the browser answers, once it has told of the event `until`, if one is given."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params, **self._session}
        os.write(self._mouth, json.dumps(message).encode() + b"\0")
        answer: Any = None
        while answer is None or until:
            said = self._next()
            answer = said if said.get("id") == self._count else answer
            until = "" if said.get("method") == until else until
        return answer["result"]

    def _next(self) -> Any:
        while b"\0" not in self._heard:
            if not select.select([self._ears], [], [], _PATIENCE)[0]:
                raise TimeoutError("the browser says nothing")
            more = os.read(self._ears, 1 << 20)
            if not more:
                raise EOFError("the browser is gone")
            self._heard += more
        said, _, self._heard = self._heard.partition(b"\0")
        return json.loads(said)


@contextmanager
def _tab(program: str) -> Iterator[_Tab]:
    its_ears, mouth = os.pipe()
    ears, its_mouth = os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = _started(program, profile, its_ears, its_mouth)
        os.close(its_ears)
        os.close(its_mouth)
        try:
            yield _Tab(ears, mouth)
        finally:
            # A browser that can be told nothing any more ends by itself.
            os.close(mouth)
            os.close(ears)
            process.wait(_PATIENCE)


def _started(program: str, profile: str, ears: int, mouth: int) -> subprocess.Popen[bytes]:
    """The browser listens on descriptor 3 and speaks on 4."""
    options = ["--headless", "--remote-debugging-pipe", "--disable-gpu", f"--user-data-dir={profile}"]
    # Its sandbox does not work for root, and what it is shown is ours.
    options += ["--no-sandbox"] if os.geteuid() == 0 else []
    start = ["sh", "-c", f'exec "$0" "$@" 3<&{ears} 4>&{mouth}', program, *options]
    return subprocess.Popen(start, pass_fds=(ears, mouth), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
