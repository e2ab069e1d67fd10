"""Whether the rules of a task hold over known facts. Pure: `names` gives the facts."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.expressions import Names, evaluate, parse_expression
from engine.definition.model import Rule
from engine.sentences import Outcome, Sentence, Verdict, plain


def judge_rules(rules: Iterable[Rule], names: Names) -> tuple[Verdict, ...]:
    """A verdict on each rule: what does not hold is refused, or where it only should, for the reviewer to see; so is what is not known."""
    return tuple(_judge(rule, names) for rule in rules)


def _judge(rule: Rule, names: Names) -> Verdict:
    truth = evaluate(parse_expression(rule.that), names)
    what = plain(rule.say or rule.title or rule.that)
    if truth is True:
        return _verdict("pass", Sentence("符合：{what}。", "It holds: {what}.", {"what": what}))
    if truth is not False:
        zh, en = "“{what}”还看不出来，由审核人查看。", "Whether “{what}” holds cannot be told; the reviewer looks."
        return _verdict("cannot_tell", Sentence(zh, en, {"what": what}))
    if rule.modality == "should":
        zh, en = "不符合“{what}”（原则上应当），由审核人查看。", "“{what}” should hold and does not; the reviewer looks."
        return _verdict("cannot_tell", Sentence(zh, en, {"what": what}))
    said = Sentence("不符合：{what}。", "This does not hold: {what}.", {"what": what})
    return Verdict(outcome="fail", code="rule", sentence=said, shortfall=what)


def _verdict(outcome: Outcome, sentence: Sentence) -> Verdict:
    return Verdict(outcome=outcome, code="rule", sentence=sentence)
