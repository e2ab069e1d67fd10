"""The tables. One meaning each; DESIGN.md section 2 gives the words, section 5 the reason for `deadline` and `agenda`.

Who holds a post, and every name, address and telephone, stand in `person` alone; everything else refers by id.
Counters (`progress`, `tally`) are in rows of their own, outside every index predicate.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from engine.store import common, copy_tables, mail_tables
from engine.store.common import CLAIMED, CLUSTERED, PATH, POSTGRESQL_ALONE, SQLITE_ALONE, UNSETTLED, WAITING
from engine.store.types import Day, Facts, Instant

# Whoever speaks of a table finds it here.
metadata, attempt, report = common.metadata, mail_tables.attempt, mail_tables.report
sketch, fingerprint, near_copy = copy_tables.sketch, copy_tables.fingerprint, copy_tables.near_copy

setting = Table(
    "setting",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("level", String(80), nullable=False),
    Column("kind", String(80), nullable=False, server_default=""),
    Column("superior_id", ForeignKey("unit.id"), index=True),
    Column("path", PATH, nullable=False, unique=True),
    Column("since", Day),
    Column("until", Day),
    Column("attributes", Facts, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("name", String(200), nullable=False, index=True),
    Column("email", String(320), nullable=False, server_default=""),
    Column("telephone", String(80), nullable=False, server_default=""),
    # She wants what she does not owe herself in one letter a week.
    Column("digest", Boolean, nullable=False, server_default=false()),
    # By which channels she is told, in her order (`dingtalk=13800001111 smtp`); '' where by the house's usual one.
    Column("channels", Text, nullable=False, server_default=""),
)

tenure = Table(
    "tenure",
    metadata,
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("post", String(80), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("since", Day),
    Column("until", Day),
    PrimaryKeyConstraint("unit_id", "post", "person_id"),
    info=CLUSTERED,
)

workflow = Table(
    "workflow",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("file", String(400), nullable=False),
    Column("source", Text, nullable=False),
    Column("compiled", Facts, nullable=False),
    Column("texts", Facts, nullable=False, server_default="{}"),
    Column("loaded_at", Instant, nullable=False),
    Column("loaded_by", ForeignKey("person.id"), nullable=False),
    UniqueConstraint("name", "version"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("workflow_id", ForeignKey("workflow.id"), nullable=False),
    Column("root_id", ForeignKey("unit.id"), nullable=False),
    Column("root_path", PATH, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("zone", String(60), nullable=False),
    Column("past", String(4), nullable=False),
    Column("launched_at", Instant, nullable=False),
    Column("launched_by", ForeignKey("person.id"), nullable=False),
    Column("mail_on", Boolean, nullable=False),
    Column("ended_at", Instant),
)

stage = Table(
    "stage",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("name", String(120), nullable=False),
    Column("title", String(400), nullable=False),
    Column("opens_at", Instant),
    Column("closes_at", Instant),
    PrimaryKeyConstraint("campaign_id", "position"),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("task", String(120), nullable=False),
    Column("period", String(20), nullable=False),
    Column("title", String(400), nullable=False),
    Column("period_zh", String(80), nullable=False),
    Column("period_en", String(80), nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("modality", SmallInteger, nullable=False),
    Column("scope", Integer, nullable=False),
    Column("owner_role", String(80), nullable=False),
    Column("reviewer_role", String(80), nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("opens_at", Instant),
    Column("due_at", Instant),
    Column("due_text", String(40), nullable=False),
    Column("pending_on", String(200), nullable=False),
    Column("on_entry", Boolean, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    UniqueConstraint("campaign_id", "task", "period"),
)

scope = Table(
    "scope",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("owner_id", ForeignKey("unit.id"), nullable=False),
    Column("reviewer_id", ForeignKey("unit.id")),
    PrimaryKeyConstraint("campaign_id", "number", "unit_id"),
    info=CLUSTERED,
)

# `upstream` must be done before `occurrence` opens, read in one of the ways of `codes.Upstream`.
dependency = Table(
    "dependency",
    metadata,
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("upstream_id", ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("reading", SmallInteger, nullable=False),
    PrimaryKeyConstraint("occurrence_id", "upstream_id", "reading"),
)

deadline = Table(
    "deadline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("due_at", Instant),
    Column("due_text", String(40), nullable=False),
    Column("late_at", Instant),
    Column("lock_at", Instant),
    Column("original", Boolean, nullable=False),
    Column("told_from", Instant),
    UniqueConstraint("occurrence_id", "due_at", "lock_at", "original"),
)

agenda = Table(
    "agenda",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("occurrence_id", ForeignKey("occurrence.id")),
    Column("deadline_id", ForeignKey("deadline.id")),
    Column("number", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("cursor", Integer, nullable=False),
    Index("ix_agenda_at", "at", "kind", "id"),
)

cases = Table(
    "cases",  # `case` is a reserved word in SQL
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("path", PATH, nullable=False),
    Column("parent_path", PATH, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("entered_at", Instant, nullable=False),
    UniqueConstraint("campaign_id", "unit_id"),
    Index("ix_cases_stage", "campaign_id", "stage", "path"),
)

# The key of an obligation: campaign (by its case), occurrence, subject. `subject` is 0 for the unit itself.
obligation = Table(
    "obligation",
    metadata,
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("owner_id", ForeignKey("unit.id"), nullable=False),
    Column("reviewer_id", ForeignKey("unit.id")),
    Column("deadline_id", ForeignKey("deadline.id"), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("waits", Integer, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("extensions", SmallInteger, nullable=False),
    Column("handed_in_at", Instant),
    Column("changed_at", Instant, nullable=False),
    PrimaryKeyConstraint("case_id", "occurrence_id", "subject"),
    # SQLite looks at the row for what an index is kept for, unless it stands in the index too; in PostgreSQL's it would take half as much
    # room again for nothing.
    Index("ix_obligation_deadline", "deadline_id", "case_id", info={**UNSETTLED, **POSTGRESQL_ALONE}),
    Index("ix_obligation_deadline_settled", "deadline_id", "case_id", "settled", info={**UNSETTLED, **SQLITE_ALONE}),
    Index("ix_obligation_owner", "owner_id", info=UNSETTLED),
    Index("ix_obligation_reviewer", "reviewer_id", info=UNSETTLED),
    info=CLUSTERED,
)

progress = Table(
    "progress",
    metadata,
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("missing", Integer, nullable=False),
    PrimaryKeyConstraint("case_id", "stage"),
    info=CLUSTERED,
)

tally = Table(
    "tally",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("path", PATH, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("campaign_id", "path", "stage"),
    info=CLUSTERED,
)

# Cases whose counter for their own stage stands at zero: the sweep reads these, never all of `progress`.
ready = Table(
    "ready",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("since", Instant, nullable=False),
    Index("ix_ready_stage", "campaign_id", "stage", "case_id"),
)

overdue = Table(
    "overdue",
    metadata,
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("path", PATH, nullable=False),
    Column("since", Instant, nullable=False),
    PrimaryKeyConstraint("case_id", "occurrence_id", "subject"),
    Index("ix_overdue_path", "campaign_id", "path"),
    info=CLUSTERED,
)

artifact = Table(
    "artifact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("item", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("name", String(400), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("statement", Text, nullable=False),
    Column("on_day", Day),
    Column("handed_in_at", Instant, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("verdicts", Facts, nullable=False),
    # What was entered in its fields, and the rows of a ledger.
    Column("content", Facts, nullable=False, server_default="{}"),
    UniqueConstraint("case_id", "occurrence_id", "subject", "version", "item"),
)

# The last hand-in that the checks turned away, so that *stuck* and the mails can say what is short.
refusal = Table(
    "refusal",
    metadata,
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("verdicts", Facts, nullable=False),
    PrimaryKeyConstraint("case_id", "occurrence_id", "subject"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("deadline_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("unit_id", ForeignKey("unit.id")),
    Column("role", String(80), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("message_id", ForeignKey("message.id"), index=True),
    UniqueConstraint("case_id", "occurrence_id", "subject", "kind", "deadline_id", "number"),
    Index("ix_notice_held", "campaign_id", "unit_id", "role", info=WAITING),
)

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("channel", String(20), nullable=False),
    Column("address", String(320), nullable=False),
    Column("day", Day, nullable=False),
    Column("serial", SmallInteger, nullable=False),
    Column("token", String(120), nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("composed_at", Instant, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("next_try_at", Instant),
    Column("reason", Text, nullable=False),
    # Who has it in hand; see `claims`.
    Column("claim", Integer),
    # 0 goes before 1.  answers: the Message-IDs of earlier letters, one a line.  digest: it holds what some want once a week only.
    # calendar: what goes with it as a file, '' where nothing does.
    Column("turn", SmallInteger, nullable=False, server_default="1"),
    Column("domain", String(255), nullable=False, server_default=""),
    Column("answers", Text, nullable=False, server_default=""),
    Column("digest", Boolean, nullable=False, server_default=false()),
    Column("calendar", Text, nullable=False, server_default=""),
    # By which she is called on that channel, '' where she is not.
    Column("contact", String(80), nullable=False, server_default=""),
    UniqueConstraint("campaign_id", "person_id", "channel", "day", "serial"),
    Index("ix_message_waiting", "turn", "next_try_at", info=WAITING),
    Index("ix_message_claim", "claim", info=CLAIMED),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), index=True),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("occurrence_id", ForeignKey("occurrence.id")),
    Column("subject", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("due_at", Instant),
    Column("recorded_at", Instant, nullable=False),
    Column("actor_id", ForeignKey("person.id")),
    Column("behalf_id", ForeignKey("person.id")),
    Column("forced", Boolean, nullable=False),
    Column("data", Facts, nullable=False),
)
