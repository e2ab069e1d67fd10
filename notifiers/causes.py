"""What each way of failing is called where letters are posted by HTTP: whoever only says so loads nothing that posts."""

from __future__ import annotations

from collections.abc import Mapping

from notifiers.base import CAUSES, Cause

POSTED: Mapping[Cause, tuple[str, str]] = {
    **CAUSES,
    "unreachable": ("连不上对方的服务，请检查网络和 url", "the service cannot be reached; check the network and `url`"),
    "insecure": (
        "无法与对方建立可信的加密连接，请检查 url、证书和 ca_file",
        "no trusted encrypted connection to the service; check `url`, its certificate and `ca_file`",
    ),
    "login": (
        "对方不接受我们的配置，请检查 url、secret、对方的安全设置（关键词、IP 名单）和本机时钟",
        "the service refused our settings; check `url`, `secret`, its own safety rules (keywords, IP list) and this machine's clock",
    ),
    "stranger": (
        "答复不像是这个服务的，请检查 url，以及网络上有没有代理或登录页",
        "the answer is not one of this service; check `url`, and the network for a proxy or a login page",
    ),
    "content": ("对方不收这封信的内容", "the service refused the content of the letter"),
    "lost": (
        "信已交出，但没有得到明确的答复，无法得知对方是否收下",
        "the letter was handed over, but no clear answer came: whether it was taken is not known",
    ),
    "refused": ("对方没有收下，稍后自动再试", "the service did not take it; it is tried again later"),
}
