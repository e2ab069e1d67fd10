"""Letters to a program of one's own: signed JSON by HTTP, one POST a letter. README.md says what the receiver has to check."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from notifiers.base import Letter, as_mime, clean_text, one_line
from notifiers.options import Options
from notifiers.posting import ENDPOINT_OPTIONS, JSON_HEADERS, Endpoint, Parcel, Poster, endpoint, json_body, refused_by_status
from notifiers.wrap import unwrap

# Shorter ones can be found by trying.
_LEAST_SECRET = 16


class WebhookNotifier:
    """Posts each letter to one address. Taken is what is answered with 2xx; the body of the answer is only kept as the receipt."""

    name = "webhook"
    attaches = False

    def __init__(self, receiver: Endpoint) -> None:
        self._receiver = receiver
        self._poster = Poster(receiver)

    def send(self, letter: Letter, now: datetime) -> str:
        """Post the letter; the receipt is the status and the beginning of the answer. Raises NotPosted."""
        # What mail would refuse is refused here too: the receiver may well write to that address.
        as_mime(letter, now)
        answer = self._poster.post(self._parcel(letter, now))
        if 200 <= answer.status < 300:
            return answer.said
        raise refused_by_status(answer)

    def call(self) -> None:
        """Reach the service without a letter. Raises NotPosted."""
        self._poster.call()

    def close(self) -> None:
        """Let the connection go."""
        self._poster.close()

    def hang_up(self) -> None:
        """Break off the request in hand, from another thread, and make no other."""
        self._poster.hang_up()

    def _parcel(self, letter: Letter, now: datetime) -> Parcel:
        content, timestamp = _content(letter), str(int(now.timestamp()))
        signed = hmac.new(self._receiver.secret.encode(), timestamp.encode() + b"." + content, hashlib.sha256).hexdigest()
        headers = {"Idempotency-Key": letter.message_id, "Campaign-Timestamp": timestamp, "Campaign-Signature": f"v1={signed}"}
        return Parcel(body=content, headers=JSON_HEADERS | headers)


def _content(letter: Letter) -> bytes:
    """The same bytes at every attempt: nothing in them tells the time."""
    return json_body(
        {
            "message_id": letter.message_id,
            "recipient": {"name": one_line(letter.to_name), "address": letter.to_address},
            "subject": one_line(letter.subject),
            "text": clean_text(unwrap(letter.text)),
            "lang": letter.lang,
        }
    )


OPTIONS = (*ENDPOINT_OPTIONS, "secret")


def from_options(options: Mapping[str, str]) -> WebhookNotifier:
    """Options: `url`; `secret`, of at least 16 characters; `timeout`, `ca_file`, `plain_http`. Raises NotConfigured."""
    given = Options("webhook", options, OPTIONS)
    secret = given.required("secret").strip()
    if len(secret) < _LEAST_SECRET:
        raise given.wrong("secret", f"至少要有 {_LEAST_SECRET} 个字符", f"must have at least {_LEAST_SECRET} characters")
    return WebhookNotifier(endpoint(given, secret=secret))
