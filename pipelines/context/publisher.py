"""Who publishes a page: the company that says `we`, or the one it names most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from pipelines.context.firms import Firms
from pipelines.context.shortened import US
from pipelines.frozen import dataclass
from pipelines.model import Brand

_WE = re.compile(
    r"(?:及其?(?:关联|附属)[\u4e00-\u9fff]{2,6})?\s*+[，,]?\s*+[（(]?\s*+(?:以下|下称|合称|又称|简称|“)[^）)。]{0,24}(?:我们|本公司|我司|[“\"]公司|平台)"
)
# What may stand between a brand's name and its number, and nothing else: "of", whom it serves.
_ITS_PHONE = (
    r"\s*+[（(]?(?:的|官方|全国|全國|统一|統一|24小[时時]|7[x×*]24小[时時]|人工|商户|商戶|商家|用户|用戶"
    r"|客户|客戶|企业|企業|个人|個人|境外|海外|投诉|投訴|服务|服務|客服|咨询|諮詢|查詢|联系|聯絡"
    r"|支持|支援|负责|負責|受理|处理|處理|中心|小?组|部门?|专席|SDK|APP|官网|网站?|商城|平台|集团|customer|service|support|care)*\s*+"
    r"(?:热线|熱線|电话|電話|专线|專線|客服|hotline|helpline|enquir|support|tel\b|phone|[:：]?\s*+$"
    r"|[，,]?(?:请|請|可|可以)?(?:直接)?(?:拨打|撥打|致电|致電)\s*+$)"
)
_REACHES_US = re.compile(
    r"[^。；;，,！!？?\n后再如]{2,40}?(?:联系我们|与我们(?:取得)?联系)(?![\u4e00-\u9fff])"
)
_REACH_US_BY = re.compile(r"(?:联系我们|与我们联系)[^\n。]{0,12}[:：]\Z")
_REACH_US_WITHIN = 18  # characters of the longest words that lead to a name
_SPACES = 2000  # characters between them and the name, all of them white
_PROVIDER = re.compile("由(.{2,30}?)(?:[为為]您)?(?:提供|承保|负责|負責|处理|處理|受理)")
# What may stand behind a short name in the full one.
_ITS_FORM = re.compile(
    "(?:[（(][^）)]{1,8}[）)])?(?:网络|科技|技术|支付|信息|服务|金融|数字|电子|商务)*"
    "(?:股份)?(?:有限)?(?:公司|集团)?|平台|团队|客服|APP|App"
)
_LEGAL = ("公司", "事务所", "研究院")
_SHORT = 4  # characters at the end of a short name that tell it from the words before it
_ARTICLE = 4000  # characters in which a page says who wrote it
_ENDS = 400  # characters of a page's head and foot
_TAIL = 6  # characters before the legal form that two spellings of one name must share
_WHAT_IT_IS = ("支付", "钱包", "金融", "银行")
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

    @property
    def declared(self) -> tuple[str, ...]:
        """Names that are certain."""
        return self.names if self.certain else ()

    def owns(self, company: str) -> bool | None:
        """Whether a company is the publisher; None where that cannot be told."""
        if any(_same(company, name) for name in self.names):
            return True
        return False if self.certain or self.crowded else None

    def is_named(self, words: str) -> bool:
        """Whether words that name a provider, 由…提供, name the publisher and nobody beside it."""
        named = _PROVIDER.match(words)
        if named is None:
            return False
        rests = (named[1].removeprefix(n) for n in self.names if named[1].startswith(n))
        return _is_one_of(named[1], self.names) or any(map(_ITS_FORM.fullmatch, rests))

    def is_of(self, holder: re.Pattern[str], _: re.Pattern[str]) -> bool:
        """Whether one of the publisher's names is that of a holder of codes."""
        return any(map(holder.search, self.names))

    def page_has(self, _: re.Pattern[str]) -> bool:
        """Whether the page has some words: of a publisher without a page, never."""
        return False

    def party_in(self, _: str) -> bool | None:
        """Whether a party of an agreement is the publisher: without a page, nobody knows."""
        return None

    def others_in(self, text: str) -> list[int]:
        """Where the names of other brands end that a text names as whose phone it tells of."""
        return _beside_phone(self.others, text)

    def ours_in(self, text: str) -> list[int]:
        """The same of the publisher's own names, where they are certain."""
        return _beside_phone(self.declared, text)

    def whose(self, words: str, firms: Firms) -> bool | None:
        """Whose name a line is: True for ours, False for another's, None if it is no name."""
        return _whose(words, self.names, self.others, firms, self.owns)


class PublisherOf:
    """The publisher of a page, worked out when a company is named beside a number of it."""

    def __init__(
        self, text: str, brand: Brand | None, firms: Firms, others: tuple[str, ...] = ()
    ) -> None:
        self._page = (text, brand, firms)
        self._known = Publisher(others=others)
        self._told: dict[str, bool | None] = {}
        self._has: dict[re.Pattern[str], bool] = {}

    def page_has(self, words: re.Pattern[str]) -> bool:
        """Whether the page has some words; it is searched once for all its numbers."""
        if words not in self._has:
            self._has[words] = words.search(self._page[0], 0, _ARTICLE) is not None
        return self._has[words]

    def others_in(self, text: str) -> list[int]:
        """Where the names of other brands end that a text names as whose phone it tells of."""
        return self._known.others_in(text)

    def ours_in(self, text: str) -> list[int]:
        """The same of the brand's own names."""
        return _beside_phone(self.declared, text)

    def whose(self, words: str, firms: Firms) -> bool | None:
        """Whose name a line is: True for ours, False for another's, None if it is no name."""
        told = _whose(words, self.declared, self._known.others, firms, self.owns)
        return self._stands_for(firms.name_in(words)[0]) if told is None else told

    def party_in(self, text: str) -> bool | None:
        """Whether the party of an agreement that a text names last is the publisher."""
        firms = self._page[2]
        return self._stands_for(firms.shortened.party_in(text, firms.named_in))

    def _stands_for(self, short: str) -> bool | None:
        """Whether a short name of the page is the publisher's; None if it shortens none."""
        name = self._shortened.get(short) if short else None
        return None if name is None else name == US or self.owns(name)

    @cached_property
    def _shortened(self) -> Mapping[str, str]:
        """The short names of the page, each with its firm."""
        text, _, firms = self._page
        return firms.shortened.names_of(text, firms.named_in)

    def is_of(self, holder: re.Pattern[str], shown: re.Pattern[str]) -> bool:
        """Whether the brand, or else the page's head or foot, names a holder of codes."""
        if self.declared:
            return any(map(holder.search, self.declared))
        return shown.search(_ends(self._page[0])) is not None

    @property
    def declared(self) -> tuple[str, ...]:
        """Names of the brand that the page is declared for."""
        _, brand, _ = self._page
        return brand.names if brand else ()

    def is_named(self, words: str) -> bool:
        """Whether words that name a provider, 由…提供, name the publisher and nobody beside it."""
        return _PROVIDER.match(words) is not None and self.found.is_named(words)

    @cached_property
    def found(self) -> Publisher:
        """Who publishes the page."""
        return publisher_of(*self._page)

    def owns(self, company: str) -> bool | None:
        """Whether a company is the publisher; None where that cannot be told.

        A page that offers a number of a firm by its short name (请致电南航客服热线), and nowhere
        at its head or foot is that firm's, offers somebody else's, unless it calls that firm us.
        """
        text, brand, firms = self._page
        said = True if firms.is_kin(company, self.declared) else self.found.owns(company)
        if said or _is_full(company):
            return said
        if company not in self._told:  # a page may name it beside each of its numbers
            is_us = brand is None and _speaks_as(text, company)
            shown = said if said is not None or _shows(text, company, firms) else False
            self._told[company] = None if is_us else shown
        return self._told[company]


def _is_one_of(words: str, names: Iterable[str]) -> bool:
    """Brackets of a name are written in two widths."""
    return core(words) in map(core, names)


def _whose(
    words: str,
    names: Sequence[str],
    others: tuple[str, ...],
    firms: Firms,
    owns: Callable[[str], bool | None],
) -> bool | None:
    name, is_firms = firms.name_in(words)
    if not name:
        return None
    if _is_one_of(name, names):
        return True
    if others and _names_beside_phone(others).fullmatch(name + ":"):
        return False
    return owns(name) if is_firms else None


def _beside_phone(names: tuple[str, ...], text: str) -> list[int]:
    found = _names_beside_phone(names).finditer(text) if names else ()
    return [match.end(1) for match in found]


@lru_cache(maxsize=512)
def _names_beside_phone(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(f"({'|'.join(map(re.escape, longest_first))}){_ITS_PHONE}", re.IGNORECASE)


def publisher_of(text: str, brand: Brand | None, firms: Firms) -> Publisher:
    """The publisher of a page.

    Args:
        text: Visible text of the page.
        brand: The brand it was declared for, whose names count as the publisher's.
        firms: How names of firms are known.
    """
    declared = brand.names if brand else ()
    found = firms.named_in(text)
    speakers = tuple(dict.fromkeys(name for name, end in found if _WE.match(text, end)))
    if speakers or declared:
        return Publisher((*declared, *speakers), certain=True)
    counts = Counter(core(name) for name, _ in found if _is_full(name) or _shows(text, name, firms))
    if not counts:
        return Publisher()
    top, times = counts.most_common(1)[0]
    stands_out = times / sum(counts.values()) >= _MIN_SHARE and (times > 1 or len(counts) == 1)
    return Publisher((top,) if stands_out else (), crowded=len(counts) >= _CROWD)


def _is_full(name: str) -> bool:
    return name.endswith(_LEGAL)


def _ends(text: str) -> str:
    """The head and the foot of a page."""
    return text if len(text) <= 2 * _ENDS else f"{text[:_ENDS]}\n{text[-_ENDS:]}"


def _shows(text: str, name: str, firms: Firms) -> bool:
    """Whether a short name stands at the head or foot of a page, not just beside a number."""
    tail, ends = name[-_SHORT:], _ends(text)
    return any(firms.phone.match(ends, low + len(tail)) is None for low in _places(tail, ends))


def _speaks_as(text: str, name: str) -> bool:
    """Whether whoever calls the name reaches us: 通过饿了么客服电话：… 联系我们."""
    return any(
        _REACHES_US.match(text, place + len(name))
        or _leads_to_us(text[max(0, place - _SPACES) : place].rstrip())
        for place in _places(name, text)
    )


def _leads_to_us(before: str) -> bool:
    return _REACH_US_BY.search(before, max(0, len(before) - _REACH_US_WITHIN)) is not None


def _places(words: str, text: str) -> Iterator[int]:
    """Where words stand in a text; a pattern of each name would have to be compiled."""
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


@lru_cache(maxsize=1024)
def core(company: str) -> str:
    """A company's name without brackets, as its spellings are compared."""
    return re.sub(r"[（）()\s]", "", company)


def _shares_words(one: str, other: str) -> bool:
    """Maya of Maya Philippines; not Alipay of AlipayHK."""
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _same(company: str, name: str) -> bool:
    if company.isascii() and name.isascii():
        return _shares_words(company.casefold(), name.casefold())
    one, other = core(company), core(name)
    if one.endswith(other) or other.endswith(one) or (len(other) >= 2 and other in one):
        return True
    if other.startswith(one) and other.removeprefix(one) in _WHAT_IT_IS:
        return True  # 连连 of 连连支付
    if _is_full(other) and not _is_full(one) and one[-_SHORT:] in other:
        return True  # 支付宝 of 支付宝（中国）网络技术有限公司, and not of 支付宝香港
    return len(one) > _TAIL + 4 and one[-_TAIL - 4 :] == other[-_TAIL - 4 :]
