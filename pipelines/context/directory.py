"""Tables and lists of other people's numbers: stores, partners, vendors, one per row.

Seen from the publisher such a list is a directory. Its rows differ in whose number they give,
not in what the number is for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, pairwise, takewhile

from pipelines.context.labels import Labels
from pipelines.context.owner import OwnerRules
from pipelines.context.statements import line_of, record_head, title_of
from pipelines.model import Mention, Number

_ROWS = 4  # fewer rows may well be one publisher's lines
_SHARE = 0.75
_FIRMS = 1 / 3  # of the names in a list, those known for firms or offices
_NAME = re.compile(r"[\s*•·\d.、()（）+-]*([^\s:：,，。;；|/()（）\d+-][^:：,，。;；|]{1,19})")
_ROW = re.compile(r"[^\d，。；,;?？!！]{2,40}\d")
_FIELD = re.compile(
    r"\b(?:name|title|provider|institution|unit|department|org\w*|bank\w*|company|label)[\"']?\s*[:=]\s*[\"']([^\"'\n]{2,20})",
    re.I,
)
_QUOTES = ("'", '"')
_RECORD = 120  # characters of a record on either side of a number
_GAP = 6  # lines between two rows of one list
_OFFICE_GAP = 10  # an office has its name, address, postcode, fax and mail on lines of their own
_CLAUSE = 30  # characters before a number
_CITIES = 3  # different area codes that tell offices from several lines of one
_ORGANIZATION = re.compile(
    "(?:店|公司|银行|中心|局|院|馆|所|校|大学|中学|小学|社|厂|站|酒店|宾馆|集团|俱乐部|基地|协会|大厦|商场)"
    r"(?:[（(][^)）]*[)）])?$"
)
# 商店客服, 申请特约商店: whom a line of the publisher's is for.
_KIND = re.compile(
    "(?:申请|申請)?(?:成为|成為)?(?:特约|特約|合作|一般)?(?:商店|店家|门店|門店|店铺|店舖)"
)
_OFFICE = re.compile("(?:店|公司|局|院|馆|所|校|大学|社|厂|站|酒店|集团|政府|委员会)$")
_FIRM = re.compile("银行|信用社|农信|农商行|公司|集团|保险|证券|基金|支付")
_AREA = re.compile(r"\+86(?:10|2[0-57-9]|[3-9]\d\d)")
# 您 makes it a sentence to the reader, no row of a list.
_OWN = re.compile(
    r"公司$|公司(?:总部|地址|投诉|客服)|^(?:本|我|官方|平台|总部|集团|全国|其他|更多)|客服|客户|会员(?!单位)|您"
)


def directories(
    numbers: Sequence[Number],
    labels: Labels,
    owners: OwnerRules,
    us: Sequence[str] = (),
) -> frozenset[str]:
    """Numbers that stand in a list whose rows each name somebody else.

    Args:
        numbers: All numbers of a page.
        labels: Words that say what a number is for; such a row is the publisher's own line.
        owners: Words of branches and regions; such a row is the publisher's own office.
        us: Names of the publisher; a row that is called so is its own.
    """
    if len(numbers) < _ROWS:
        return frozenset()
    listed, in_code = set[str](), dict[str, str]()
    for rows in _lists(numbers, owners):
        if len({number.number for number in rows}) < _ROWS:
            continue
        names = {number.number: _name(number.mention, labels) for number in rows}
        own = {n for n, name in names.items() if _is_ours(name, us) or _is_own(name, owners)}
        own |= {n.number for n in rows if _says_we(n, owners)}
        is_code = any(is_field(row.mention) for row in rows)
        if not is_code:
            own |= {n for n, name in names.items() if _is_line(name, labels)}
        foreign = {number: name for number, name in names.items() if name and number not in own}
        if len(set(foreign.values())) < _SHARE * len(names):
            continue
        if is_code:
            in_code |= {number: names[number] for number in names.keys() - own}
        elif (
            _is_said_of_firms(rows, owners)
            or _tell_of_firms(foreign.values(), owners)
            or _tell_of_offices(foreign.values())
        ):
            listed |= names.keys() - own
    return frozenset(
        listed | in_code.keys() if _tell_of_firms(in_code.values(), owners) else listed
    )


def _is_ours(name: str, us: Sequence[str]) -> bool:
    """A name of the publisher, or of what is called after it: 支付宝小贷."""
    return any(ours in name for ours in us if ours)


def _is_said_of_firms(rows: Sequence[Number], owners: OwnerRules) -> bool:
    """The head of the names, or the words above the list, say that they are other firms."""
    block = rows[0].mention.block
    if block.table:
        head = block.left[0][0].strip() if block.left else ""
        return owners.words.column_of_firms.fullmatch(head) is not None
    heading = owners.words.above_firms.search(title_of(block.heading))
    return heading is not None or _is_first_of_firms(rows[0], owners)


def _is_first_of_firms(number: Number, owners: OwnerRules) -> bool:
    """The line above a number says that a list of other firms begins."""
    *_, above = number.mention.block.before.rstrip().split("\n")
    return owners.words.above_firms.search(above) is not None


def _tell_of_firms(names: Collection[str], owners: OwnerRules) -> bool:
    """Records of a program are named by firms, or by what each is for: 支付热线, 个人用户."""
    return sum(1 for name in names if _is_firm(name, owners)) >= _FIRMS * len(names)


def _tell_of_offices(names: Collection[str]) -> bool:
    """Rows of a list are named by shops and offices, and not by countries, cities or uses."""
    offices = [name for name in names if _ORGANIZATION.search(name) and not _KIND.fullmatch(name)]
    return len(offices) >= _FIRMS * len(names)


def _is_firm(name: str, owners: OwnerRules) -> bool:
    named = owners.firms.named_in(f"{name}客服电话") or _OFFICE.search(name)
    return bool(named) and not name.endswith("中心") and not _KIND.fullmatch(name)


def offices(numbers: Sequence[Number]) -> frozenset[str]:
    """Landlines of a list that goes from city to city: the publisher's offices, no hotlines."""
    found: set[str] = set()
    for rows in _runs(numbers, _OFFICE_GAP) if len(numbers) >= _ROWS else ():
        areas = {n.number: _AREA.match(n.number) for n in rows}
        landlines = {number: area[0] for number, area in areas.items() if area}
        if len(landlines) >= _ROWS and len(set(landlines.values())) >= _CITIES:
            found |= landlines.keys()
    return frozenset(found)


def _says_we(number: Number, owners: OwnerRules) -> bool:
    """The sentence before a number speaks for the publisher: 请致电我司客服热线."""
    text, start = number.mention.block.text, number.mention.start
    return owners.statements.we.search(text, max(0, start - _CLAUSE), start) is not None


def _is_own(name: str, owners: OwnerRules) -> bool:
    """The publisher's own line or office; a bank named after its city is neither."""
    return bool(_OWN.search(name)) or (owners.is_place(name) and not _FIRM.search(name))


def _is_line(name: str, labels: Labels) -> bool:
    """The words tell what a line is for, and name no organization: 产品快线, 紧急支援."""
    named = _FIRM.search(name) or _ORGANIZATION.search(name)
    return named is None and labels.line.search(name) is not None


def _lists(numbers: Iterable[Number], owners: OwnerRules) -> Iterator[list[Number]]:
    """Numbers of one table, or of lines that follow each other below the head of a list."""
    for table, group in groupby(_ordered(numbers), key=lambda n: n.mention.block.table):
        if table:
            yield list(group)
        else:
            for run in _runs(group, _GAP):
                yield from _below_heads(run, owners)


def _below_heads(run: Sequence[Number], owners: OwnerRules) -> Iterator[list[Number]]:
    """A run, parted where the head of a list stands; behind its rows such a list is at its end."""
    heads = {n for n, number in enumerate(run) if _is_first_of_firms(number, owners)}
    for low, high in pairwise(sorted({0, len(run)} | heads)):
        rows = run[low:high]
        yield list(takewhile(_is_row, rows)) if low in heads else list(rows)


def _is_row(number: Number) -> bool:
    """A name and a number: what is a sentence is no row of a list any more."""
    return _ROW.match(number.mention.block.text) is not None


def _ordered(numbers: Iterable[Number]) -> list[Number]:
    return [n for n in numbers if n.mention.block.path.startswith("line")]


def _runs(numbers: Iterable[Number], gap: int) -> Iterator[list[Number]]:
    """Numbers that stand in lines not far from each other."""
    run: list[Number] = []
    for number in _ordered(numbers):
        if run and line_of(number) - line_of(run[-1]) > gap:
            yield run
            run = []
        run.append(number)
    yield run


def is_field(mention: Mention) -> bool:
    """The number is a string in a program's data."""
    text, start, end = mention.block.text, mention.start, mention.end
    return not mention.block.table and text[end : end + 1] == text[start - 1 : start] in _QUOTES


def _field(mention: Mention) -> str:
    """The name in a record of a program's data: { name: '工商银行', phone: '95588' }."""
    block, start, end = mention.block, mention.start, mention.end
    above = f"{block.before}\n{block.text[max(0, start - _RECORD) : start]}"
    below = f"{block.text[end : end + _RECORD]}\n{block.after}"
    found = _FIELD.search(above.rpartition("{")[2] + below.partition("}")[0])
    return found[1].strip() if found else ""


def _name(mention: Mention, labels: Labels) -> str:
    """What a row is called: its first cell, the words before its label, or the line above it."""
    if is_field(mention) and (field := _field(mention)):
        return field
    block = mention.block
    text = block.row_header.partition("|")[0] if block.table else block.text
    match = _NAME.match(text)
    words = match[1] if match else ""
    label = labels.pattern.search(words)
    if label and label.start() == 0:
        return _organization(record_head(block), labels)
    name = words[: label.start()] if label else words
    return name.strip() if len(name.strip()) >= 2 else ""


def _organization(head: str, labels: Labels) -> str:
    """The head of a record if it names an organization; 商务合作 heads the publisher's own."""
    named = _ORGANIZATION.search(head) and not labels.pattern.search(head)
    return head if named else ""
