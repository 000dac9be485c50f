"""Who publishes a page: the company that says `we`, or the one it names most."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipelines.model import Brand

_END = re.compile(r"(?:股份有限|有限责任|有限|集团)公司|(?:律师)?事务所|研究院")
_BANK_PHONE = (
    r"(?:银行|农商行|信用社|保险|证券|基金|信托|征信)"
    r"(?=(?:信用卡)?(?:的)?(?:官方|全国|统一|24小时)*(?:客服|客户服务|服务|咨询|联系)?(?:热线|电话|专线))"
)
_BANKS = re.compile(_BANK_PHONE)  # a fifth of the time of the search with names
_BANK = re.compile(r"[\u4e00-\u9fff]{2,10}?" + _BANK_PHONE)
_GENERIC = re.compile(r"(?:发卡|合作|开户|商业|[本我各该贵])(?:银行|行)$|^(?:各|本|我)")
_NAME = re.compile(r"[\u4e00-\u9fff（）()]{2,24}$")
_LEAD = re.compile(
    r"^.*(?:[由与和及即为指是在向至给对让]|公司名称|联系方式|提供者|运营方|运营者|开发者|主体|关于)(?=[\u4e00-\u9fff（(]{4,})"
)
_WE = re.compile(
    r"(?:及其?(?:关联|附属)[\u4e00-\u9fff]{2,6})?\s*[，,]?\s*[（(]?\s*(?:以下|下称|合称|又称|简称|“)[^）)。]{0,24}(?:我们|本公司|我司|[“\"]公司|平台)"
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
    """

    names: tuple[str, ...] = ()
    certain: bool = False
    crowded: bool = False

    def owns(self, company: str) -> bool | None:
        """Whether a company is the publisher; None where that cannot be told."""
        if any(_same(company, name) for name in self.names):
            return True
        return False if self.certain or self.crowded else None


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
    found = [
        (match.group(), match.end())
        for match in (_BANK.finditer(text) if _BANKS.search(text) else ())
        if not _GENERIC.search(match.group())
    ]
    for match in _END.finditer(text):
        name = _NAME.search(text[max(0, match.start() - 24) : match.start()])
        if name:
            found.append(
                (_LEAD.sub("", name.group()).lstrip("（()）") + match.group(), match.end())
            )
    return sorted(found, key=lambda item: item[1])


def core(company: str) -> str:
    """A company's name without brackets, as its spellings are compared."""
    return re.sub(r"[（）()\s]", "", company)


def _same(company: str, name: str) -> bool:
    one, other = core(company), core(name)
    if one.endswith(other) or other.endswith(one) or (len(other) >= 2 and other in one):
        return True
    return len(one) > _TAIL + 4 and one[-_TAIL - 4 :] == other[-_TAIL - 4 :]
