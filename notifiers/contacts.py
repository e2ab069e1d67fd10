"""By what one person can be called in a group. Loads nothing that writes or sends letters."""

from __future__ import annotations

import re

_CONTACT = re.compile(r"[A-Za-z0-9_.+-][A-Za-z0-9_.@+-]{0,63}", re.ASCII)
_MOBILE = re.compile(r"1[0-9]{10}|\+[0-9]{1,4}-?[0-9]{5,14}", re.ASCII)
# Each service has a word for the whole group, and that is nobody's name.
_EVERYBODY = frozenset({"all", "everyone", "here"})


def is_contact(text: str) -> bool:
    """Whether somebody may be called by it: a mobile number or an id of a service, and never the whole group."""
    return _CONTACT.fullmatch(text) is not None and text.casefold() not in _EVERYBODY


def is_mobile(contact: str) -> bool:
    """Whether it is a mobile number: `13800001111`, `+852-51234567`; any other contact is an id of the service."""
    return _MOBILE.fullmatch(contact) is not None
