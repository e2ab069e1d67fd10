"""Mail as it comes back: what Postfix, Exchange, qmail, Exim and the large Chinese mail services write. All names are made up."""

from __future__ import annotations

LETTER = "<1272729600.1.7.20100524.1@example.org>"
EARLIER = "<1272729600.1.7.20100517.1@example.org>"

# The head of our letter, as it comes along.
HEAD = f"""\
Return-Path: <bounces@example.org>
Date: Mon, 24 May 2010 09:00:00 +0800
Message-ID: {LETTER}
From: =?utf-8?b?5rS75Yqo5Yqe?= <office@example.org>
To: li@mail.example.org
Subject: =?utf-8?b?5pa55qGI6KKr6YCA5Zue?=
References: {EARLIER}
In-Reply-To: {EARLIER}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
"""


def postfix(
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <li@mail.example.org>: Recipient address rejected: User unknown",
    *,
    own: str = "<20100524010101.4X1@mx.example.org>",
    head: str = HEAD,
) -> bytes:
    """A report by the standard."""
    return f"""\
Return-Path: <>
Date: Mon, 24 May 2010 09:00:03 +0800 (CST)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4X1.1274662803/mx.example.org"
Message-Id: {own}

This is a MIME-encapsulated message.

--4X1.1274662803/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--4X1.1274662803/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4X1
Arrival-Date: Mon, 24 May 2010 09:00:01 +0800 (CST)

Final-Recipient: rfc822; li@mail.example.org
Original-Recipient: rfc822;li@mail.example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: {diagnostic}

--4X1.1274662803/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{head}
--4X1.1274662803/mx.example.org--
""".encode()


EXCHANGE = f"""\
From: postmaster@mail.example.org
To: bounces@example.org
Date: Mon, 24 May 2010 09:00:05 +0800
Subject: =?utf-8?b?5pyq6YCB6L6+OiDmlrnmoYg=?=
Message-ID: <7c1e@mail.example.org>
In-Reply-To: {LETTER}
References: {LETTER}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_000_7c1e_"

--_000_7c1e_
Content-Type: multipart/alternative; boundary="_001_7c1e_"

--_001_7c1e_
Content-Type: text/plain; charset="gb2312"
Content-Transfer-Encoding: base64

ztLDx7PUsru31rXTy/vDx6Os
--_001_7c1e_
Content-Type: text/html; charset="us-ascii"

<html><body><p>Delivery has failed to these recipients or groups:</p></body></html>
--_001_7c1e_--
--_000_7c1e_
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.example.org

Final-recipient: RFC822;li@mail.example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--_000_7c1e_
Content-Type: message/rfc822

{HEAD}
方案已退回，请修改。
--_000_7c1e_--
""".encode()

QMAIL = f"""\
Return-Path: <>
Received: (qmail 31337 invoked for bounce); 24 May 2010 01:00:07 -0000
Date: 24 May 2010 01:00:07 -0000
From: MAILER-DAEMON@mail.example.org
To: bounces@example.org
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<li@mail.example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{HEAD}
请尽快报送方案。
""".encode()

EXIM_WAITS = f"""\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mail.example.org>
To: bounces@example.org
Message-Id: <E1OGabc-0001@mail.example.org>
Date: Tue, 25 May 2010 09:00:00 +0800
Subject: Warning: message 1OGabc-0001 delayed 24 hours
Content-Type: text/plain

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mail.example.org.

The message identifier is:     1OGabc-0001
  Message-ID: {LETTER}

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered. It will be retried for four days.
""".encode()

QQ = f"""\
From: =?gb18030?b?UG9zdE1hc3Rlcg==?= <PostMaster@mail.example.org>
To: bounces@example.org
Date: Mon, 24 May 2010 09:00:09 +0800
Subject: =?utf-8?b?5p2l6IeqIG1haWwuZXhhbXBsZS5vcmcg55qE6YCA5L+h?=
Message-ID: <tencent_3A@mail.example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_NextPart_4BFA"

------=_NextPart_4BFA
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

<html><head><style>p {{ color: red }}</style></head><body><p>抱歉，您的邮件被退回来了……</p>
<table><tr><td>无法发送到</td><td>li@mail.example.org</td></tr>
<tr><td>退信原因：</td><td>收件人邮箱不存在，邮件无法送达。host said: 550 Mailbox not found</td></tr></table></body></html>
------=_NextPart_4BFA
Content-Type: message/rfc822

{HEAD}
请尽快报送方案。
------=_NextPart_4BFA--
""".encode()

NETEASE = b"""\
From: Postmaster@mail.example.org
To: bounces@example.org
Date: Mon, 24 May 2010 09:00:09 +0800 (CST)
Subject: =?gbk?b?z7XNs83L0MUvU3lzdGVtcyBib3VuY2U=?=
MIME-Version: 1.0
Content-Type: text/plain; charset=gbk

""" + f"""\
抱歉，您的邮件被退回来了。
Sorry, following users' email were returned by their servers:
<li@mail.example.org>: 554 DT:SPM too many messages

----- 原邮件信息 -----
Message-ID: {LETTER}
""".encode("gbk")

AWAY = f"""\
From: =?utf-8?b?5p2O5piO?= <li@mail.example.org>
To: office@example.org
Date: Mon, 24 May 2010 09:01:00 +0800
Subject: =?utf-8?b?6Ieq5Yqo5Zue5aSNOiDmlrnmoYg=?=
In-Reply-To: {LETTER}
Message-ID: <away-1@mail.example.org>
Content-Type: text/plain; charset=utf-8

我外出，邮件无法送达给我本人，急事请打电话。
""".encode()

REPLY = f"""\
From: li@mail.example.org
To: office@example.org
Date: Mon, 24 May 2010 10:00:00 +0800
Subject: Re: plan
In-Reply-To: {LETTER}
Message-ID: <reply-1@mail.example.org>
Content-Type: text/plain; charset=utf-8

This is a permanent error? 我的方案为什么邮件被退回？
""".encode()


def wish(mark: str, own: str = "<wish-1@mail.example.org>") -> bytes:
    """What a mail program sends when somebody presses its button."""
    return f"From: li@mail.example.org\nTo: office@example.org\nSubject: {mark}\nMessage-ID: {own}\n\n\n".encode()
