"""From a number to evidence: the context readers, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipelines.context.costs import costs_of
from pipelines.context.directory import is_field
from pipelines.context.entries import Head
from pipelines.context.footnotes import note_of
from pipelines.context.hours import Hours
from pipelines.context.labels import Label
from pipelines.context.owner import LEASED
from pipelines.context.publisher import PublisherOf
from pipelines.context.unanswered import out_of_use, unanswered
from pipelines.frozen import dataclass
from pipelines.model import Block, Evidence, Mention, Number, Page
from pipelines.numbering.find import WITHOUT_CODE
from pipelines.numbering.foreign import OF_CALLERS, STATE
from pipelines.numbering.keys import keys_of_step, keys_told
from pipelines.rules import Rules
from pipelines.vocabulary import Carrier, NumberClass, Owner, Purpose

_WINDOW = 80  # characters of context on each side
_NAME_REACH = 30
# A field of a record that names a person: no hotline has one.
_PERSON = re.compile(
    r"^\s*(?:(?:联系|聯絡|联络|采购|负责)人?|发言人|發言人|担当(?:者)?)\s?[:：]", re.M
)
_CONTACT = re.compile(r"(?:联系|聯絡|聯繫)([^，,。；;\s联系聯絡]{0,16}?)\s?[:：]?$")
# 重复扣款：支付宝
_OF_NAME = re.compile(r"[:：]\s?([^\s:：,，。；;、/|]{2,20})$")
_BESIDE_LABEL = 3  # characters
_LOOK_BACK = 60
# Words for funds and insurance are parts of other firms' names.
_USES = frozenset(
    (
        Purpose.LOSS_REPORT,
        Purpose.FRAUD_SECURITY,
        Purpose.MERCHANT,
        Purpose.OVERSEAS,
        Purpose.COMPLAINT,
        Purpose.VIP,
        Purpose.HUMAN_AGENT,
        Purpose.CONSUMER_PROTECTION,
        Purpose.CREDIT_LOAN,
    )
)
_PERSONS = ("mobile", "pager", "personal_number")
_OUT_OF_USE = re.compile("停用|注销|注銷|作废|作廢|失效")
_MAIN = re.compile("(?:全国|统一|官方|24小时)*(?:客服|客户服务)")
_BANK_REACH = 24
_BANK = re.compile("银行|銀行|(?:发卡|合作)行|信用社|农商行")
_OPENING, _CLOSING = ("(", "（"), (")", "）")
_PHONE_CARRIERS = (Carrier.TEL_LINK, Carrier.JSON_LD, Carrier.MICRODATA)
_FOR_SERVICE = (NumberClass.SHARED_400, NumberClass.TOLLFREE_800)
# Codes of a firm as a whole: domain.md A1. A branch may have a 400 number of its own.
_OF_ALL_BRANCHES = (NumberClass.SHORT_95, NumberClass.SHORT_96, NumberClass.CARRIER)
_NEVER_SERVICE = (NumberClass.SMS, NumberClass.EMERGENCY, NumberClass.PUBLIC_SERVICE)


class Listed(NamedTuple):
    """What the list says of a number that it stands in.

    Attributes:
        others: It is a list of other people's numbers.
        warned: It is a list of numbers that the page warns of.
        offices: It is a list of offices.
        head: Gives what its head says; most numbers have a label of their own.
    """

    others: bool
    warned: bool
    offices: bool
    head: Callable[[], Head | None]


@dataclass(frozen=True, slots=True)
class _Context:
    """What the words around a number say of it, with the ids of the deciding rules."""

    label: Label | None
    purpose: Purpose
    owner: Owner
    is_hotline: bool
    rules: tuple[str, ...]


def evidence_of(
    number: Number,
    page: Page,
    rules: Rules,
    publisher: PublisherOf,
    *,
    needs_label: bool,
    listed: Listed,
) -> Evidence | None:
    """Evidence with label, purpose, owner, hours and fee; None if digits lack their label."""
    mention = number.mention
    block = mention.block
    named = None if page.kind.elsewhere else publisher
    label = _label(number, rules) or _alone(number) or _named(number, named, rules)
    if label is None and (head := listed.head()):
        label, listed = head.label, listed._replace(others=listed.others or head.others)
    if label is None and needs_label and (label := _of_others(number, publisher, rules)) is None:
        return None
    # What is said of the number elsewhere: by its footnote, or of it and others at once.
    note = note_of(block, mention.end)
    said = rules.said_of_all.said(block, mention.end, rules.hours.begins)
    shared = (note, *said) if note else tuple(said)
    hours = _hours(mention, rules, shared)
    context = _context(number, label, rules, publisher, listed, is_staffed=bool(hours.osm))
    low = max(0, mention.start - _WINDOW)
    return Evidence(
        brand_id=page.brand.id if page.brand else "",
        number=number.number,
        area=number.area,
        extension=number.extension,
        menu=number.menu or _keys(number),
        number_class=number.number_class,
        numbering_note=number.note,
        display=number.display,
        printed_abroad=number.printed_abroad,
        url=page.url,
        final_url=page.final_url or page.url,
        source_kind=page.kind,
        carrier=block.carrier,
        raw=mention.raw,
        context=block.text[low : mention.end + _WINDOW],
        start=mention.start - low,
        end=mention.end - low,
        block_path=block.path,
        link_text=block.column_header if block.carrier is Carrier.TEL_LINK else "",
        hidden=block.hidden,
        label=label.word if label else "",
        purpose=context.purpose,
        owner=context.owner,
        is_hotline=context.is_hotline,
        hours_raw=hours.raw,
        hours=hours.osm,
        hours_approx=hours.approx,
        fee_stated=costs_of(mention, label, rules, shared),
        rules=context.rules,
        capture=page.capture,
        rules_digest=rules.digest,
    )


def _hours(mention: Mention, rules: Rules, shared: Sequence[str]) -> Hours:
    """Hours of a number: its own, else those that are said of it and others at once."""
    own = rules.hours.of(mention.block, mention.start, mention.end)
    if own.osm:
        return own
    said = map(rules.hours.read, shared)
    return next((hours for hours in said if hours.osm), own)


def _keys(number: Number) -> tuple[str, ...]:
    """Keys that the sentence behind a number tells, the cell beside it, or the next step."""
    block, end = number.mention.block, number.mention.end
    if number.extension or block.carrier is not Carrier.TEXT:
        return ()
    next_line = block.after.partition("\n")[0]
    beside = next_line if block.table and not block.text[end:].strip() else ""
    return keys_told(block.text, end) or keys_told(beside, 0) or keys_of_step(next_line)


def _label(number: Number, rules: Rules) -> Label | None:
    mention, block = number.mention, number.mention.block
    label = rules.labels.of(block, mention.start, mention.end)
    if label is None and block.carrier in _PHONE_CARRIERS:
        return Label(block.column_header, Purpose.GENERAL, "carrier", weak=True, service=True)
    return _of_record(label, block, rules) if label and label.weak else label


def _of_record(label: Label, block: Block, rules: Rules) -> Label:
    """A bare 电话 is what the head of its record says, of a person's or one that says no more.

    媒体联络 / 联系人：王女士 / 电话：… · Media enquiries / Mobile: …
    """
    head, fields = rules.owners.statements.head_of(block.before)
    found = rules.labels.near(head) if head else None
    if found is None or found[0].service:
        return label
    if not _PERSON.search(fields) and len(head.strip()) > len(found[1]) + _BESIDE_LABEL:
        return label
    return replace(label, purpose=found[0].purpose, service=False)


def _alone(number: Number) -> Label | None:
    """A 400 or 800 number that is all its block says is there to be called: nobody else has one."""
    block, raw = number.mention.block, number.mention.raw
    said = block.text.strip(" \t\xa0*·•☎:：")
    shown = block.carrier is Carrier.TEXT and not block.hidden
    if shown and number.number_class in _FOR_SERVICE and said == raw.strip():
        return Label("", Purpose.GENERAL, "alone", weak=True, service=True)
    return None


def _of_class(number: Number) -> Label | None:
    """A number of ours that only lines for callers have: no desk and no person is given one."""
    served = number.number_class in _FOR_SERVICE or number.note in OF_CALLERS
    if served and _is_shown(number):
        return Label("", Purpose.GENERAL, "class", weak=True, service=True)
    return None


def _of_use(number: Number, rules: Rules, *, is_staffed: bool) -> Label | None:
    """A number of ours of which the page says what callers want of it, or when it is staffed."""
    if (
        number.number_class is NumberClass.MOBILE
        or number.note in _PERSONS
        or not _is_shown(number)
    ):
        return None
    mention = number.mention
    use = rules.purposes.hinted(
        mention.block, mention.start, mention.end, is_weak=True, is_labelled=False
    )
    if use in _USES:
        return Label("", use, "use", weak=True, service=True)
    general = use is Purpose.GENERAL and is_staffed
    return Label("", use, "hours", weak=True, service=True) if general else None


def _is_shown(number: Number) -> bool:
    """The number is printed on the page, and nothing before it says that it is out of use."""
    block, start = number.mention.block, number.mention.start
    shown = block.carrier is Carrier.TEXT and not block.hidden and not is_field(number.mention)
    return shown and not _OUT_OF_USE.search(block.text, max(0, start - _LOOK_BACK), start)


def _named(number: Number, publisher: PublisherOf | None, rules: Rules) -> Label | None:
    """The publisher's name before a number, alone or to contact: 支付宝：95188, 请联系95188."""
    block, start = number.mention.block, number.mention.start
    if publisher is None or number.number_class is NumberClass.MOBILE:
        return None  # with a mobile behind it, 支付宝 is where to pay to
    said = block.text[max(0, start - _NAME_REACH) : start].rstrip()
    if not said and rules.labels.near(block.column_header):
        said = f"{block.row_header.partition('|')[0]}:"
    asked = _CONTACT.search(said)
    whole = said if start <= _NAME_REACH and _ends_a_name(number, said) else ""
    words = asked[1] if asked else whole
    leased = asked and not words and number.number_class in LEASED
    if not words and not leased and number.number_class in LEASED:
        named = _OF_NAME.search(said)
        words = named[1] if named else ""
    if leased or (words and publisher.whose(words, rules.owners.firms)):
        return Label(words.strip(" \t:：(（"), Purpose.GENERAL, "name", weak=True, service=True)
    return None


def _of_others(number: Number, publisher: PublisherOf, rules: Rules) -> Label | None:
    """Another firm's name straight before a number, or in the cell before: 详询滇池银行95588."""
    block, start = number.mention.block, number.mention.start
    if number.number_class is NumberClass.PUBLIC_SERVICE:
        named = rules.owners.words.named(block.text[max(0, start - _LOOK_BACK) : start]).owners
        is_field = block.text[:start].rstrip().endswith((":", "："))  # 消费维权：12315
        is_named = is_field or any(owner is Owner.REGULATOR for _, _, owner in named)
        return Label("", Purpose.REGULATOR, "name", weak=True, service=False) if is_named else None
    if number.number_class not in _OF_ALL_BRANCHES:
        return None
    said = block.text[max(0, start - _NAME_REACH) : start].rstrip(" \t\xa0\u3000:：(（")
    if not block.text[:start].strip() and not block.column_header:  # 招商银行 | 95555
        said = block.row_header.rpartition("|")[2].strip()
    firm = rules.owners.firms.name_at_end(said)
    if not firm or publisher.owns(firm) is not False:
        return None
    return Label(firm, Purpose.UNKNOWN, "name", weak=True, service=False)


def _ends_a_name(number: Number, said: str) -> bool:
    """What stands before a number is a name with its colon, or with brackets around the number."""
    behind = number.mention.block.text[number.mention.end :].lstrip()
    return said.endswith((":", "：")) or (said.endswith(_OPENING) and behind.startswith(_CLOSING))


def _context(
    number: Number,
    label: Label | None,
    rules: Rules,
    publisher: PublisherOf,
    listed: Listed,
    *,
    is_staffed: bool,
) -> _Context:
    mention = number.mention
    block = mention.block
    said = label.purpose if label else Purpose.UNKNOWN
    if number.note == STATE:
        said = Purpose.REGULATOR
    owner, owner_rule = rules.owners.owner_of(
        block,
        (mention.start, mention.end),
        number.number_class,
        said,
        publisher,
        listed=listed.others,
        warned=listed.warned,
    )
    if owner is Owner.SELF and label and label.place == "name" and not label.service:
        owner, owner_rule = Owner.THIRD_PARTY, "owner:name"  # its label is another firm's name
    # 分公司 | 投诉电话: a column of them is offered, and no data of an office.
    complaints = label and label.place == "column" and label.purpose is Purpose.COMPLAINT
    may_have_branches = (
        owner is Owner.SELF
        and number.number_class not in _OF_ALL_BRANCHES
        and not complaints
        and not _is_of_all(number, label, publisher)
    )
    branch = may_have_branches and (
        rules.owners.is_branch(block, mention.start)
        or (listed.offices and (label is None or label.weak) and not rules.owners.is_main(block))
    )
    if label is None and owner is Owner.SELF:
        label = _of_class(number) or _of_use(number, rules, is_staffed=is_staffed)
    since = out_of_use(mention, rules)
    decided = [number.rule, f"label:{label.place}" if label else "label:none", owner_rule]
    decided += ["branch_office"] * branch
    nobody = unanswered(number, rules) if label and label.service else []
    decided += nobody
    if since is not None:  # whether the day has come, only a run with its clock can tell
        decided.append(f"retired_by_page:{since}" if since else "retired_by_page")
    offered = (
        label is not None
        and label.service
        and number.number_class not in _NEVER_SERVICE
        and number.rule != f"plan:{WITHOUT_CODE}"
        and not nobody
    )
    return _Context(
        label=label,
        purpose=_purpose(label, owner, mention, rules),
        owner=owner,
        is_hotline=owner is Owner.SELF and offered and not branch and since != "",
        rules=tuple(decided),
    )


def _is_of_all(number: Number, label: Label | None, publisher: PublisherOf) -> bool:
    """No branch's, whatever stands above: 一律由一卡通客服热线…受理, 客服中心：400-…"""
    block, start = number.mention.block, number.mention.start
    if block.table:
        return False
    if number.number_class in _FOR_SERVICE and label and not label.weak and _MAIN.match(label.word):
        return True
    return bool(publisher.ours_in(block.text[max(0, start - _NAME_REACH) : start]))


def _purpose(label: Label | None, owner: Owner, mention: Mention, rules: Rules) -> Purpose:
    """What the label says, in the light of whose number it is; a bare 电话 of ours is general."""
    if owner is Owner.REGULATOR:
        return Purpose.REGULATOR
    block, start = mention.block, mention.start
    near = f"{block.row_header} {block.text[max(0, start - _BANK_REACH) : start]}"
    if owner is Owner.THIRD_PARTY and _BANK.search(near):
        return Purpose.PARTNER_BANK
    if label is None:
        return Purpose.UNKNOWN
    bare = label.purpose is Purpose.UNKNOWN and owner is Owner.SELF and label.service
    told = label.purpose is not Purpose.GENERAL or owner is Owner.THIRD_PARTY  # 平安保险客服热线
    if bare or not told:
        # 热线, of a column of them, or of a row below heads that tell for whom each is.
        in_table = label.place == "column" or (label.place == "row" and block.column_header != "")
        is_weak = bare or label.weak or in_table or rules.purposes.is_bare(label.word)
        return rules.purposes.hinted(block, start, mention.end, is_weak=is_weak)
    return label.purpose
