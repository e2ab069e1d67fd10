"""What other programs may rely on: the shape of everything that is printed with --json."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.cli.output import emit, emit_around, emit_each
from tests.cli.desk import Clerk

TEXT = {"type": "string"}
SAID = {"type": "string", "minLength": 1}
MAYBE = {"type": ["string", "null"]}
NUMBER = {"type": "integer"}
YES_NO = {"type": "boolean"}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$"}
MAYBE_INSTANT = {"anyOf": [INSTANT, {"type": "null"}]}
TEXTS = {"type": "array", "items": TEXT}


def thing(**fields: Any) -> dict[str, Any]:
    """An object with exactly these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def some(of: dict[str, Any], least: int = 1) -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": of, "minItems": least}


HELPER = thing(unit=SAID, name=SAID, post=SAID, person=TEXT, vacant=YES_NO, reachable=YES_NO)
PROBLEM = thing(
    file=SAID, line=NUMBER, column=NUMBER, path=TEXT, code=SAID, severity={"enum": ["error", "warning"]}, message=SAID, hint=MAYBE
)
VERDICT = thing(outcome={"enum": ["pass", "fail", "cannot_tell"]}, code=SAID, message=SAID, shortfall=MAYBE)
READING = thing(path=SAID, wording=SAID, period=TEXT, opens=MAYBE, due=MAYBE, remarks=TEXTS)
LENGTH = thing(path=SAID, wording=SAID, reading=SAID)
BLOCKER = thing(
    code=SAID,
    task=SAID,
    period=TEXT,
    title=SAID,
    message=SAID,
    shortfall=SAID,
    due=TEXT,
    original_due=TEXT,
    since=MAYBE_INSTANT,
    told_at=MAYBE_INSTANT,
    state=SAID,
    can_unblock=some(HELPER),
)
DIFFERENCE = thing(
    code=SAID,
    message=SAID,
    unit=TEXT,
    name=TEXT,
    task=TEXT,
    period=TEXT,
    kind=MAYBE,
    rung={"type": ["integer", "null"]},
    due_at=MAYBE_INSTANT,
    notice_id={"type": ["integer", "null"]},
    message_id={"type": ["integer", "null"]},
    should={},
    found={},
)
RUNG = thing(
    place=NUMBER,
    number=NUMBER,
    at=SAID,
    every=TEXT,
    most={"type": ["integer", "null"]},
    to=TEXT,
    house=YES_NO,
    via=TEXT,
    when=TEXT,
    file=TEXT,
    path=TEXT,
    line=NUMBER,
    moved_from=MAYBE,
    off_ladder=YES_NO,
)
TOLD = thing(unit=TEXT, unit_name=TEXT, role=TEXT, because=SAID, person=TEXT, post=TEXT, at=INSTANT, stands_in=YES_NO, nobody=TEXT)
LETTER = thing(
    id=NUMBER,
    subject=SAID,
    message_id=SAID,
    channel=SAID,
    contact=TEXT,
    to=SAID,
    address=SAID,
    composed_at=INSTANT,
    state=SAID,
    reason=TEXT,
    next_try_at=MAYBE_INSTANT,
    attempts=some(thing(at=INSTANT, outcome=SAID, words=TEXT), 0),
)
REST = thing(channel=SAID, since=INSTANT, until=INSTANT, tries=NUMBER, why=SAID)
OTHER = thing(campaign=SAID, version=NUMBER)
STEP = thing(
    unit=SAID,
    name=SAID,
    task=SAID,
    period=TEXT,
    title=SAID,
    state=SAID,
    version=NUMBER,
    unchanged=YES_NO,
    due=MAYBE,
    closes=YES_NO,
    checks=some(VERDICT, 0),
)
SEAT = thing(unit=SAID, name=SAID, post=TEXT)
DUTY = thing(
    task=SAID,
    period=TEXT,
    title=SAID,
    stage=SAID,
    modality={"enum": ["must", "should", "may"]},
    state=SAID,
    overdue=YES_NO,
    late=YES_NO,
    due=TEXT,
    original_due=TEXT,
    version=NUMBER,
    files=some(SAID, 0),
    entered=some(thing(item=TEXT, row=NUMBER, field=SAID, values=some(SAID)), 0),
    handed_in_at=MAYBE_INSTANT,
    waits_on=some(HELPER, 0),
    reason=TEXT,
)
CONTRACTS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (
        ("check", "workflow.yaml"),
        thing(file=SAID, sound=YES_NO, problems=some(PROBLEM, 0), readings=some(READING), lengths=some(LENGTH)),
    ),
    (
        ("timeline", "workflow.yaml"),
        some(
            thing(
                kind={"enum": ["stage", "occurrence"]},
                name=SAID,
                title=SAID,
                period=TEXT,
                stage=TEXT,
                wording=TEXT,
                opens=MAYBE,
                due=MAYBE,
                lock=MAYBE,
                pending_on=TEXTS,
                on_entry=YES_NO,
            )
        ),
    ),
    (
        ("stuck",),
        some(thing(unit=SAID, name=SAID, level=SAID, stage=SAID, since=MAYBE_INSTANT, blocked_by=some(BLOCKER))),
    ),
    (
        ("stuck", "--brief"),
        some(
            thing(
                unit=SAID,
                name=SAID,
                level=SAID,
                stage=SAID,
                since=INSTANT,
                missing=some(thing(task=SAID, period=TEXT, title=SAID, due=TEXT, code=SAID)),
            )
        ),
    ),
    (
        ("stuck", "--why"),
        some(
            thing(
                unit=SAID,
                name=SAID,
                task=SAID,
                period=TEXT,
                title=SAID,
                message=SAID,
                holds=NUMBER,
                units=TEXTS,
                can_unblock=some(HELPER),
            )
        ),
    ),
    (
        ("notices",),
        some(
            thing(
                id=NUMBER,
                unit=SAID,
                name=SAID,
                task=SAID,
                period=TEXT,
                kind=SAID,
                rung=NUMBER,
                recipient=SAID,
                due_at=INSTANT,
                decided_at=INSTANT,
                state={"enum": ["decided", "composed", "sent", "suppressed", "failed", "bounced"]},
                reason=TEXT,
            )
        ),
    ),
    (
        ("notices", "--reconcile"),
        thing(
            campaign=SAID,
            agrees=YES_NO,
            due_up_to=INSTANT,
            units=NUMBER,
            notices=NUMBER,
            messages=NUMBER,
            attempts=NUMBER,
            rerouted=NUMBER,
            not_comparable=NUMBER,
            owners_as_written=YES_NO,
            count=NUMBER,
            differences=some(DIFFERENCE, 0),
        ),
    ),
    (
        ("explain-notice", "1"),
        thing(
            id=NUMBER,
            campaign=SAID,
            unit=SAID,
            name=SAID,
            task=SAID,
            period=TEXT,
            title=SAID,
            kind=SAID,
            due_at=INSTANT,
            decided_at=INSTANT,
            counted_from=SAID,
            original_due=TEXT,
            rung=RUNG,
            deed={"type": "null"},
            to=TOLD,
            state={"enum": ["decided", "composed", "sent", "suppressed", "failed"]},
            reason=TEXT,
            meaning=SAID,
            waits_for=TEXT,
            opens_at=MAYBE_INSTANT,
            unreached=some(thing(unit=SAID, unit_name=SAID, person=TEXT, role=SAID, reason=SAID, address=TEXT), 0),
            office={"anyOf": [thing(id=NUMBER, state=SAID, reason=TEXT, at=INSTANT, before=YES_NO), {"type": "null"}]},
            rerouted=some(thing(at=INSTANT, message=NUMBER, channel=SAID, address=TEXT, then=SAID, words=SAID), 0),
            letter={"anyOf": [LETTER, {"type": "null"}]},
        ),
    ),
    (
        ("preview", "U01", "实施方案"),
        thing(
            unit=SAID,
            name=SAID,
            task=SAID,
            period=TEXT,
            title=SAID,
            kind=SAID,
            rung=NUMBER,
            at=INSTANT,
            supposed=TEXTS,
            letters=some(
                thing(
                    unit=TEXT,
                    post=TEXT,
                    person=TEXT,
                    address=TEXT,
                    stands_in=YES_NO,
                    untold=TEXT,
                    told_instead=TEXT,
                    subject=SAID,
                    text=SAID,
                    html=SAID,
                    attachments=some(thing(name=SAID, text=SAID), 0),
                )
            ),
        ),
    ),
    (
        ("tomorrow", "--on", "2010-06-24"),
        thing(
            day=SAID,
            now=INSTANT,
            messages=some(
                thing(
                    campaign=SAID,
                    held=YES_NO,
                    person=SAID,
                    unit=TEXT,
                    unit_name=TEXT,
                    post=TEXT,
                    address=SAID,
                    channel=SAID,
                    subject=SAID,
                    failure=TEXT,
                    says=some(thing(kind=SAID, unit=SAID, name=SAID, task=SAID, period=TEXT, title=SAID)),
                )
            ),
            sent=NUMBER,
            held=NUMBER,
            failed=NUMBER,
            before=NUMBER,
            unreached=some(thing(campaign=SAID, unit_name=TEXT, post=TEXT, person=TEXT, reason=SAID), 0),
            trouble=MAYBE,
        ),
    ),
    (
        ("journal",),
        some(
            thing(
                id=NUMBER,
                recorded_at=INSTANT,
                due_at=MAYBE_INSTANT,
                kind=SAID,
                unit=MAYBE,
                name=MAYBE,
                task=MAYBE,
                period=MAYBE,
                actor=MAYBE,
                on_behalf_of=MAYBE,
                forced=YES_NO,
                data={"type": "object"},
            )
        ),
    ),
    (
        ("status",),
        thing(
            campaign=SAID,
            title=SAID,
            workflow=SAID,
            version=NUMBER,
            state={"enum": ["running", "withdrawn", "closed"]},
            mail_on=YES_NO,
            now=INSTANT,
            units=NUMBER,
            finished=NUMBER,
            stuck=NUMBER,
            stages=some(thing(stage=SAID, opens=MAYBE_INSTANT, closes=MAYBE_INSTANT, units=NUMBER)),
            outside=some(thing(stage=SAID, units=NUMBER), 0),
            notices={"type": "object", "additionalProperties": NUMBER},
        ),
    ),
    (
        ("status", "U01"),
        thing(campaign=SAID, unit=SAID, name=SAID, level=SAID, stage=SAID, entered_at=INSTANT, duties=some(DUTY)),
    ),
    (
        ("ics", "U01"),
        thing(
            name=SAID,
            entries=some(
                thing(
                    uid=SAID,
                    sequence=NUMBER,
                    changed_at=INSTANT,
                    at=SAID,
                    title=SAID,
                    text=SAID,
                    cancelled=YES_NO,
                    campaign=SAID,
                    unit=SAID,
                    name=SAID,
                    task=SAID,
                    period=TEXT,
                    judging=YES_NO,
                    state=SAID,
                    due=SAID,
                    original_due=TEXT,
                )
            ),
            undated=NUMBER,
            pending=some(thing(on=some(SAID), count=NUMBER), 0),
        ),
    ),
    (
        ("units", "tree"),
        some(
            thing(unit=SAID, name=SAID, level=SAID, kind=TEXT, depth=NUMBER, posts=some(thing(post=SAID, person=SAID), 0)),
        ),
    ),
    (("sweep",), thing(now=INSTANT, bells=NUMBER, moved=NUMBER, next_at=MAYBE_INSTANT)),
    (
        ("deliver",),
        thing(
            composed=NUMBER,
            sent=NUMBER,
            dropped=NUMBER,
            failed=NUMBER,
            later=NUMBER,
            held=NUMBER,
            unreached=some(SAID, 0),
            trouble=MAYBE,
            folder=MAYBE,
            put_off={"type": "object", "additionalProperties": NUMBER},
            waiting=NUMBER,
            next_try=MAYBE_INSTANT,
            slowed=YES_NO,
            quiet=NUMBER,
            misworded=some(SAID, 0),
            opens_at=MAYBE_INSTANT,
            rests=some(REST, 0),
            rerouted=NUMBER,
        ),
    ),
    (("mail", "channels"), some(thing(channel=SAID, usual=YES_NO, fault=MAYBE))),
    (
        ("mail", "channels", "李明"),
        thing(
            person=SAID,
            channels=some(thing(name=SAID, contact=TEXT), 0),
            ways=some(thing(channel=SAID, address=TEXT, contact=TEXT)),
            changed=YES_NO,
        ),
    ),
    (("mail", "hours"), thing(hours=SAID, working_days=YES_NO, by_office=YES_NO, changed=YES_NO)),
    (
        ("mail", "read", "."),
        thing(
            mails=NUMBER,
            bounced=NUMBER,
            delayed=NUMBER,
            digest=NUMBER,
            again=NUMBER,
            foreign=NUMBER,
            automatic=NUMBER,
            other=NUMBER,
            unreadable=NUMBER,
            strange=some(SAID, 0),
            unmatched=some(SAID, 0),
        ),
    ),
    (
        ("mail", "failures"),
        some(
            thing(
                person=TEXT,
                address=TEXT,
                unit=TEXT,
                unit_name=TEXT,
                post=TEXT,
                outcome={
                    "enum": ["bounced", "refused", "unusable", "unanswered", "put-off", "delayed", "no-address", "vacant", "no-office"]
                },
                words=TEXT,
                since=INSTANT,
                letters=NUMBER,
                dead=YES_NO,
                duties=some(thing(unit=SAID, name=SAID, task=SAID, period=TEXT, title=SAID), 0),
            ),
            0,
        ),
    ),
    (("mail", "retry", "李明", "--as", "管理员"), thing(name=SAID, address=TEXT, corrected=YES_NO, reports=NUMBER, notices=NUMBER)),
    (("mail", "retry", "--as", "管理员"), thing(channels=TEXTS, letters=NUMBER)),
    (("mail", "digest", "李明", "--on", "--as", "管理员"), thing(person=SAID, digest=YES_NO, changed=YES_NO)),
    (("mail", "off", "--as", "管理员"), thing(campaign=SAID, mail_on=YES_NO)),
    (("waive", "U02", "实施方案", "--reason", "合并", "--as", "王书记"), STEP),
    (
        ("override", "U02", "--leave", "动员部署", "--reason", "特批", "--as", "管理员"),
        thing(unit=SAID, name=SAID, left=SAID, entered=SAID, forced=YES_NO),
    ),
    (
        ("extend", "--task", "实施方案", "--under", "U", "--to", "2010-06-25", "--reason", "暴雨", "--as", "王书记"),
        some(
            thing(
                unit=SAID,
                name=SAID,
                answer={"anyOf": [STEP, {"type": "null"}]},
                refusals=some(VERDICT, 0),
                error={"type": ["object", "null"]},
            )
        ),
    ),
    (
        ("load", "workflow.yaml", "--as", "管理员"),
        thing(
            name=SAID,
            version=NUMBER,
            digest=SAID,
            stages=NUMBER,
            tasks=NUMBER,
            again=YES_NO,
            others=some(OTHER, 0),
            warnings=some(PROBLEM, 0),
        ),
    ),
    (
        ("launch", "--as", "管理员", "--name", "second"),
        thing(
            done=YES_NO,
            campaign=SAID,
            workflow=SAID,
            version=NUMBER,
            unit=SAID,
            cases=NUMBER,
            obligations=NUMBER,
            occurrences=NUMBER,
            skipped=NUMBER,
            past_due=NUMBER,
            now=INSTANT,
            reminders=NUMBER,
            first_reminder=MAYBE_INSTANT,
            vacant=some(SEAT),
            unreachable=some(SEAT, 0),
            notes=TEXTS,
        ),
    ),
    (
        ("units", "import", "roster.xlsx", "--as", "管理员"),
        thing(
            done=YES_NO,
            added=TEXTS,
            changed=TEXTS,
            unchanged=NUMBER,
            missing=TEXTS,
            posts_added=NUMBER,
            posts_changed=NUMBER,
            posts_missing=TEXTS,
            persons=NUMBER,
            corrected=TEXTS,
            idle=NUMBER,
            notes=TEXTS,
        ),
    ),
    (("backup", "safe.zip"), thing(where=SAID, made_at=INSTANT, size=NUMBER, rows=NUMBER, artifacts=NUMBER, missing=TEXTS)),
    (
        ("doctor", "--files"),
        thing(
            database=SAID,
            rehearsal=YES_NO,
            sound=YES_NO,
            rows=thing(units=NUMBER, cases=NUMBER, obligations=NUMBER, notices=NUMBER, journal=NUMBER, artifacts=NUMBER),
            bytes=thing(database=NUMBER, log=NUMBER, artifacts=NUMBER),
            settings=thing(journal_mode=SAID, synchronous=SAID, foreign_keys=SAID),
            files_read=YES_NO,
            mail=thing(channels=TEXTS, sender=TEXT, hours=SAID, on=TEXTS, held=TEXTS, last=MAYBE_INSTANT),
            findings=some(thing(code=SAID, meaning=SAID, advice=SAID, count=NUMBER, examples=TEXTS), 0),
        ),
    ),
    (
        ("close", "--as", "管理员", "--reason", "完成", "--yes"),
        thing(campaign=SAID, state={"enum": ["closed"]}, done=YES_NO, units=NUMBER, duties=NUMBER, to_review=NUMBER, letters=NUMBER),
    ),
]


@pytest.mark.parametrize(("words", "contract"), CONTRACTS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_what_is_printed_as_data_keeps_its_shape(launched: Clerk, words: tuple[str, ...], contract: dict[str, Any]) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    Draft202012Validator(contract).validate(launched.does(*words, "--json").data)


def test_the_keys_are_english_whatever_the_language_of_the_sentences(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    zh, en = (launched.does("stuck", "--json", "--lang", lang).data[0] for lang in ("zh", "en"))
    assert list(zh) == list(en)
    assert zh["blocked_by"][0]["shortfall"] == "缺实施方案"
    assert en["blocked_by"][0]["shortfall"] == "实施方案 is missing"
    assert zh["since"] == en["since"] == "2010-06-19T00:00:00+08:00"


def test_a_problem_of_a_file_is_data_with_its_place(clerk: Clerk) -> None:
    text = (clerk.folder / "workflow.yaml").read_text(encoding="utf-8").replace("length:", "lenght:")
    (clerk.folder / "workflow.yaml").write_text(text, encoding="utf-8")
    said = clerk("check", "workflow.yaml", "--json", "--lang", "en")
    assert said.code == 1
    contract = thing(file=SAID, sound=YES_NO, problems=some(PROBLEM), readings=some(READING, 0), lengths=some(LENGTH, 0))
    Draft202012Validator(contract).validate(said.data)
    assert [(problem["line"], problem["column"], problem["code"]) for problem in said.data["problems"]] == [(18, 36, "unknown-key")]
    assert "length" in said.data["problems"][0]["hint"]


def test_the_schema_of_workflow_files_is_a_schema(clerk: Clerk) -> None:
    Draft202012Validator.check_schema(json.loads(clerk.does("schema").out))


def test_with_format_json_the_list_is_the_same_as_with_json(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    assert launched.does("stuck", "--format", "json").data == launched.does("stuck", "--json").data


def test_what_is_printed_one_by_one_is_the_list_that_would_be_printed_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    lists: tuple[list[Any], ...] = ([], [{}], [{"名": "“好”\n", "all": [1, {"n": None}]}, [], "x"])
    for items in lists:
        emit(items)
        at_once = capsys.readouterr().out
        emit_each(iter(items))
        assert capsys.readouterr().out == at_once


def test_an_object_whose_list_is_printed_one_by_one_is_what_would_be_printed_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    for items in ([], [{"名": "“好”\n", "all": [1, {"n": None}]}, 2]):
        emit({"day": "x", "n": [1], "items": items, "end": len(items), "more": {}})
        at_once = capsys.readouterr().out
        emit_around({"day": "x", "n": [1]}, "items", iter(items), {"end": len(items), "more": {}}.copy)
        assert capsys.readouterr().out == at_once
