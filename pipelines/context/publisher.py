"""Who publishes a page: the company that says `we`, or the one it names most."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipelines.model import Brand

_COMPANIES = (
    "股份有限公司", "有限责任公司", "有限公司", "集团公司", "有限責任公司", "集團公司",
    "律师事务所", "事务所", "研究院",
)  # fmt: skip
_BANKS = frozenset(("银行", "农商行", "信用社", "保险", "证券", "基金", "信托", "征信"))
_BESIDE_PHONE = (
    "(?=(?:信用卡)?(?:的)?(?:官方|全国|统一|24小时)*"
    "(?:客服|客户服务|服务|咨询|联系)?(?:热线|电话|专线))"
)
# Each branch begins with a literal, so that the engine looks for those before it tries anything.
_END = re.compile("|".join([*_COMPANIES, *(bank + _BESIDE_PHONE for bank in sorted(_BANKS))]))
_BANK_NAME = re.compile(r"[\u4e00-\u9fff]{2,10}$")
_GENERIC = re.compile(r"(?:发卡|合作|开户|商业|[本我各该贵])(?:银行|行)$|^(?:各|本|我)")
_NAME = re.compile(r"[\u4e00-\u9fff（）()]{2,24}$")
_LEAD = re.compile(
    r"^.*(?:[由与和及即为指是在向至给对让]|公司名称|联系方式|提供者|运营方|运营者|开发者|主体|关于)(?=[\u4e00-\u9fff（(]{4,})"
)
_WE = re.compile(
    r"(?:及其?(?:关联|附属)[\u4e00-\u9fff]{2,6})?\s*[，,]?\s*[（(]?\s*(?:以下|下称|合称|又称|简称|“)[^）)。]{0,24}(?:我们|本公司|我司|[“\"]公司|平台)"
)
# What may stand between a brand's name and its number, and nothing else: "of", whom it serves.
_ITS_PHONE = (
    r"\s*(?:的|官方|全国|统一|24小时|7[x×*]24小时|人工|商户|商家|用户|客户|企业|个人|境外|海外|投诉|服务"
    r"|客服|咨询|联系|支持|中心|SDK|APP|官网)*\s*(?:热线|电话|专线|客服|[:：]?\s*$)"
)
_TAIL = 6  # characters before the legal form that two spellings of one name must share
_MIN_SHARE = 0.5
_CROWD = 5  # different companies on a page of which none is the publisher


@dataclass(frozen=True, slots=True)
class Publisher:
    """The publisher's names, as far as the page (or the registry) tells them.

    Attributes:
        certain: The page (以下简称我们) or the registry says who publishes it; otherwise the
            name is only the most frequent one, and another company may be a sister of it.
        crowded: The page names many companies and none of them stands out.
        others: Names of other brands of the registry.
    """

    names: tuple[str, ...] = ()
    certain: bool = False
    crowded: bool = False
    others: tuple[str, ...] = ()

    def owns(self, company: str) -> bool | None:
        """Whether a company is the publisher; None where that cannot be told."""
        if any(_same(company, name) for name in self.names):
            return True
        return False if self.certain or self.crowded else None

    def others_in(self, text: str) -> list[int]:
        """Where the names of other brands end that a text names as whose phone it tells of."""
        pattern = _others_beside_phone(self.others) if self.others else None
        return [match.end(1) for match in pattern.finditer(text)] if pattern else []

    def is_other(self, words: str) -> bool:
        """Whether a heading, or the head of a row, is another brand's name and no more."""
        pattern = _others_beside_phone(self.others) if self.others else None
        return bool(pattern and pattern.fullmatch(words.strip() + ":"))


class PublisherOf:
    """The publisher of a page, worked out when a company is named beside a number of it."""

    def __init__(self, text: str, brand: Brand | None, others: tuple[str, ...] = ()) -> None:
        self._page = (text, brand)
        self._known = Publisher(others=others)

    def others_in(self, text: str) -> list[int]:
        """Where the names of other brands end that a text names as whose phone it tells of."""
        return self._known.others_in(text)

    def is_other(self, words: str) -> bool:
        """Whether a heading, or the head of a row, is another brand's name and no more."""
        return self._known.is_other(words)

    @cached_property
    def found(self) -> Publisher:
        """Who publishes the page."""
        return publisher_of(*self._page)

    def owns(self, company: str) -> bool | None:
        """Whether a company is the publisher; None where that cannot be told."""
        return self.found.owns(company)


@lru_cache(maxsize=512)
def _others_beside_phone(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(f"({'|'.join(map(re.escape, longest_first))}){_ITS_PHONE}", re.IGNORECASE)


def publisher_of(text: str, brand: Brand | None) -> Publisher:
    """The publisher of a page.

    Args:
        text: Visible text of the page.
        brand: The brand it was declared for, whose names count as the publisher's.
    """
    declared = brand.names if brand else ()
    found = companies_in(text)
    speakers = tuple(dict.fromkeys(name for name, end in found if _WE.match(text, end)))
    counts = Counter(core(name) for name, _ in found)
    if speakers or declared:
        return Publisher((*declared, *speakers), certain=True)
    if not counts:
        return Publisher()
    top, times = counts.most_common(1)[0]
    stands_out = times / sum(counts.values()) >= _MIN_SHARE and (times > 1 or len(counts) == 1)
    return Publisher((top,) if stands_out else (), crowded=len(counts) >= _CROWD)


def companies_in(text: str) -> list[tuple[str, int]]:
    """Names of companies, and of banks beside their phone, each with the offset of its end."""
    found = []
    for match in _END.finditer(text):
        name = _NAME.search(text[max(0, match.start() - 24) : match.start()])
        if name is None:
            continue
        whole = _bank(name[0], match[0]) if match[0] in _BANKS else _company(name[0], match[0])
        if whole:
            found.append((whole, match.end()))
    return found


def _company(name: str, form: str) -> str:
    return _LEAD.sub("", name).lstrip("（()）") + form


def _bank(name: str, form: str) -> str:
    """A bank's name; "" where the words before it are none (发卡银行)."""
    words = _BANK_NAME.search(name)
    bank = words[0] + form if words else ""
    return "" if _GENERIC.search(bank) else bank


def core(company: str) -> str:
    """A company's name without brackets, as its spellings are compared."""
    return re.sub(r"[（）()\s]", "", company)


def _same(company: str, name: str) -> bool:
    one, other = core(company), core(name)
    if one.endswith(other) or other.endswith(one) or (len(other) >= 2 and other in one):
        return True
    return len(one) > _TAIL + 4 and one[-_TAIL - 4 :] == other[-_TAIL - 4 :]
