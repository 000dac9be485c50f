"""Statements: where one ends, what heads a record of them, and whom they only speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from pipelines.model import Block, Number

SENTENCE = re.compile(r"[。；;！!？?\n]")
CALLS = re.compile("电话|热线|专线|客服|致电|拨打|電話|熱線|專線|hotline|phone|call|tel", re.I)
# A number that has been told whose it is: digits straight behind the words for a phone.
TOLD = re.compile(
    rf"(?:{CALLS.pattern})[^\d\n]{{0,6}}"
    r"(?:9[56]\d{3,4}|1[012]\d{3}|\+?[\d(][\d() -]{6,}\d)(?!\d)",
    re.I,
)
_OF_ALL = re.compile("客服|全国|统一|总部|我们")  # a line that no branch has
_SERVICE = re.compile("客服|客户服务|客戶服務|顧客服務|customer", re.I)
_COMPLAINS = re.compile(
    "投诉|投訴|举报|舉報|申诉|申訴|反映|联系|聯絡|咨询|電話|电话|热线|complain|contact"
    r"|\b(?:ask|refer|escalate)\b|相談|苦情|민원|신고|aduan|ร้องเรียน|khiếu nại|reklamo",
    re.I,
)
# An authority that a sentence only speaks of.
_SPOKEN_OF = re.compile(
    r"[^，,。；\n]{0,12}(?:颁发|批准|备案|登记|许可(?=证|的|从事|经营)|监管|合作|业务|规定|要求|推荐|核准"
    r"|頒發|監管|發出|批准|处理结果)|[^.\n]{0,60}\.\s(?:Customer|Contact|Call|For|Our|Please|Hotline)"
)
_LEASES = re.compile("征信中心|仲裁委员会")  # authorities that answer on leased numbers, as 客服
TO_COMPLAIN = re.compile("向[^，,。；\n]{2,16}(?:投诉|投訴|举报|舉報|反映|申诉)")
_OFFICE_LINE = 24  # characters: the name of an authority with its place
_ITS = re.compile(r"\b(?:its|their)\b", re.I)  # You may reach its consumer desk at
_LATIN_OFFICE_LINE, _LET = 48, 60
# Authorised and regulated by the FCA; diawasi oleh OJK: it only lets the publisher work.
_LETS = re.compile(
    r"(?:authori[sz]ed|regulated|supervised|licen[sc]ed|registered|approved|overseen|member"
    r"|diawasi|berizin|terdaftar|dikawal ?selia|dilesenkan|cấp phép|giám sát|quản lý)"
    r"(?:,? \w+){0,4}? (?:by|with|of|oleh|bởi|di)(?: the)?\s*$",
    re.I,
)
RECORD = re.compile("名称|(?:公司|单位|主体)[:：]")  # what follows is of whom it names
# Between an authority's name and its number stands what the number is for, and nothing else.
ITS_LINE = re.compile(
    r"[，,]?(?:的|统一|官方|官网|全国|免费|投诉|举报|信访|监督|咨询|服务|客服|客户|用户|受理|申诉|维权|值班|公开|中心"
    r"|专属|专用|招募|24小时|7[x×*]24小时|[（(][^（）()\n]{2,24}[)）]|\s)*"
    r"(?:电话|热线|专线|号码)?(?:电话|号码)?(?:请?(?:拨打|致电))?[\s:：(（为是]*"
)
_DOES = (
    "提供|承保|运营|營運|负责|負責|处理|處理|发货|配送|承运|主办|承办|销售|开具|受理"
    "|出品|开发|发行|签发"
)
# The words straight before a number, `words` of them those that may name us.
_LEADS_TO_IT = (
    r"(?:(?P<words>[^，,。；：:\d并並或]{0,10}?)(?:热线|熱線|电话|電話|专线|專線|号码|tel|phone|hotline)"
    "|(?:如?有(?:疑问|问题)|需要?帮助|售后|详情|退款|退货|投诉|咨询)?[请請可]?(?:直接)?"
    "(?:拨打|撥打|致电|致電|联系|聯絡|咨询))[:：为為是\\s\"']*$"
)
# Whom a sentence names before it comes to the number, and the words straight before that: 请联系
# 招商银行，客服热线：… 由微信支付提供，… 顺丰负责处理，… 承保公司：众安保险，… 滴滴地址：…，电话：…
_ASKED = re.compile(
    r"(?:(?<!勿)(?<!无法)(?<!不要)(?:联系|聯絡|聯繫|咨询|諮詢|查詢|询问|致电|致電)([^，,。；：:\d]{2,16})"
    rf"|由([^，,。；：:\d]{{2,16}}?|[A-Z][A-Za-z .&()'-]{{2,50}}?)(?:[为為]您)?"
    rf"(?:{_DOES})[^，,。；：:\d]{{0,6}}"
    rf"|(?:^|[，,])([^，,。；：:\d由]{{2,12}}?)(?:{_DOES})[^，,。；：:\d]{{0,6}}"
    r"|(?:绑定|开通|使用|持有)(?:了|过)?([^，,。；：:\d的]{2,10}?)(?:的|用户|账户|账号|客户)+"
    r"|([^，,。；：:\d]{2,12}?)(?:总部)?(?:地址|网址|官网|邮箱)[:：][^。；\n]{0,50}?)"
    rf"[，,\s]\s?{_LEADS_TO_IT}"
)
# A name and nothing else before words for a phone: 【顺丰】客服热线, 承保公司：众安保险，报案电话
_NAMED = re.compile(
    r"(?:^[\s·•*\d.、（）()\-【“\"]*"
    r"|(?<!开户行)(?<!开户银行)(?<!支付方式)[:：，,]\s?[【“\"'(（]?)"
    r"([^，,。；：:\d\s【】“”()（）\"'*|/]{2,16})[】”）)\"'*：:，,/|\-\s]{1,4}"
    rf"{_LEADS_TO_IT}"
)
# 登录顺丰官网或致电…
_AT_ITS_SITE = re.compile(
    "(?:登录|登陆|访问|进入|通过)([^，,。；：:\\d]{2,12}?)(?:官网|官方网站|网站|官方APP|APP|小程序|公众号)"
    r"[^，,。；：:\d]{0,4}(?:或者?|[，,]|也可)[^，,。；：:\d]{0,4}(?:拨打|致电|咨询)[:：\s]*$"
)
# 拨打顺丰…, 顺丰（…
_AT_THE_NUMBER = re.compile(
    r"(?:^|[，,。；;：:\d\s])([^，,。；;：:\d\s]{2,24}?)\s?(?:[:：(（是]|(?<!华)[为為])?\s?$"
)
# 支付宝侧的限制请致电支付宝…: whom one is told to call are the last words of it.
_TOLD_TO_CALL = re.compile(
    "^(?:例|比|譬)?如(?=.{2})|^.*(?:请问|致电|致電|拨打|撥打|联系|聯絡|洽詢|咨询)(?=.{2})"
)
# 由福沃銀行受理：…
_DONE_AT = re.compile(
    f"由([^，,。；：:\\d]{{2,16}}?)(?:[为為]您)?(?:{_DOES})[^，,。；：:\\d]{{0,4}}[:：（(]\\s?$"
)
# 江北嘉消金设有贷后投诉专席…
_HAS_A_LINE = re.compile(
    "(?:^|[，,；;])([^，,。；：:\\d]{2,16}?)(?:另?设有|设立|开设|开通)了?[^，,。；\\d]{0,12}"
    r"(?:专席|热线|专线|电话|座席)[:：(（]?\s?$"
)
_IN_OPEN_BRACKET = re.compile("[（(]([^（）()]{2,})$")  # 联系运营商（中国联通10010
_CLOSES = re.compile('[”」』"]')
_GROUP_OF_OURS = re.compile("(?:中心|[部组組科室岗崗台臺]|团队|團隊|APP|App|小程序)$")
# Whom a sentence names in quotation marks: 服务商是「…」，热线… 由“…”提供，找它的客服…
_IN_QUOTES = re.compile(
    "(?:[由向与與和]|(?:商|方|公司|机构|機構|单位|單位|平台)(?:是|为|為)|(?<!勿)(?:联系|聯絡|聯繫|洽)"
    "(?:厂家|厂商|设备商|制造商|供应商|服务商|商家|机构|公司|平台)?)"
    '[“「『"]([^“”「」『』"\\d]{2,16})[”」』"]'
    f"(?:公司|平台|集[团團])?(?:{_DOES}|[辦办]理|管理)?(?:[，,（(\\s]\\s?[^，,。；;\\d“「]{{0,10}}"
    "|的?(?:官方|售后|售後|客服|客户服务|服务|報修|报修|电话|電話|热线){1,3})[:：（(\\s]*$"
)
#: What a line calls the firm that it names: 机构名称：…, 服务商：…
ROLE = (
    "[^:：]{0,6}(?:名称|名稱|机构|機構|公司|单位|單位|主体|服务商|服務商|供应商|合作方|第三方"
    "|商家|商户|店铺|厂家|维护商|维修商|代理商|开发者|运营方|运营商|提供方|收款方|承运[商方]|配送方|发行方|设备方|销售方|发货方|经销商|发卡行)\\s*[:：]"
)
_CALLED = re.compile(f"^{ROLE}")
_MENU = re.compile("友情链接|首页|关于我们|网站导航|links|home", re.I)  # what follows is a link
_IS_HEAD = re.compile(r"[^\d:：,，。]{2,20}")
_LINE = re.compile(r"\d+")
_ITEM = re.compile(r"\s*[*•·]\s[^:：]*$")  # of a list, as of news: no field says so little
RECORD_LINE = 60  # a longer line above is prose, not the head of a record


def may_be_the_states(text: str, start: int, end: int, *, leased: bool) -> bool:
    """Whether the number behind a text may be that of the authority whose name ends in it.

    Many sentences only speak of one: 经中国人民银行批准，客服热线95188. What is leased to companies
    is an authority's only straight behind its name; few have what companies call 客服.
    """
    if _LETS.search(text, max(0, start - _LET), start) and not _ITS.search(text, end):
        return False
    if ITS_LINE.fullmatch(text, end) or _LEASES.fullmatch(text, start, end):
        return True
    if _SPOKEN_OF.match(text, end):
        return False
    return not leased and _SERVICE.search(text, end) is None and _is_to_be_asked(text, end)


def _is_to_be_asked(text: str, end: int) -> bool:
    """An authority in an earlier line counts if it stands alone, or if one may complain there."""
    if "\n" not in text[end:]:
        return True
    line = text[text.rfind("\n", 0, end) + 1 : text.find("\n", end)]
    longest = _LATIN_OFFICE_LINE if line.isascii() else _OFFICE_LINE
    return len(line) <= longest or _COMPLAINS.search(line) is not None


def asked_in(text: str) -> Iterator[tuple[str, str]]:
    """Whom the sentence before a number may name, each with the words that lead to the number."""
    for pattern in (_ASKED, _NAMED):
        if asked := pattern.search(text):
            yield next(name for name in asked.groups() if name), asked["words"] or ""
    for pattern in (_AT_ITS_SITE, _DONE_AT, _HAS_A_LINE):
        if named := pattern.search(text):
            yield named[1], ""


def named_in_quotes(text: str) -> str:
    """Whom the sentence before a number names in quotation marks; "" if nobody."""
    found = _IN_QUOTES.search(text) if _CLOSES.search(text) else None
    if found is None or CALLS.search(found[1]) or _GROUP_OF_OURS.search(found[1]):
        return ""
    return found[1]


def named_at_number(text: str) -> str:
    """The words straight before a number that may be a name; "" if none."""
    last = _AT_THE_NUMBER.search(text)
    opened = _IN_OPEN_BRACKET.search(last[1]) if last else None
    words = opened[1] if opened else last[1] if last else ""
    return _TOLD_TO_CALL.sub("", words)


def since_told(text: str) -> str:
    """What is said since the number before, where that is a statement of its own."""
    told = list(TOLD.finditer(text))
    rest = text[told[-1].end() :] if told else ""
    return rest if _OF_ALL.search(rest) else text


def _is_head(line: str) -> bool:
    line = line.strip()
    if _IS_HEAD.fullmatch(line):
        return True
    is_pair = ":" in line or "：" in line  # as every line is that says what somebody is
    return is_pair and _IS_HEAD.fullmatch(_CALLED.sub("", line)) is not None


@lru_cache(maxsize=64)
def head_of(before: str) -> tuple[str, str]:
    """The line that heads the record a number stands in, and the record's fields above it.

    Several heads above each other are a menu or a list of ways to pay, and head nothing.
    """
    lines = [line for line in before.split("\n") if line.strip()]
    fields = list(takewhile(lambda line: not _is_head(line), reversed(lines)))
    heads = lines[: len(lines) - len(fields)]
    if not heads or any(len(field) > RECORD_LINE or _ITEM.match(field) for field in fields):
        return "", ""
    above = list(takewhile(_is_head, reversed(heads[:-1])))
    is_list = len(above) > 1 or any(map(_MENU.search, above))
    return ("", "") if is_list else (heads[-1], "\n".join(reversed(fields)))


def title_of(heading: str) -> str:
    """The heading straight above, without those above it."""
    return heading.rpartition(" / ")[2]


def record_head(block: Block) -> str:
    """The line that heads a record of lines, each of them `word: value`: 长沙分公司."""
    return _head_of(block.before)


@lru_cache(maxsize=64)
def _head_of(before: str) -> str:
    above = (line.strip() for line in reversed(before.split("\n")))
    lines = [line for line in above if line]
    return next((line for line in lines if _IS_HEAD.fullmatch(line)), "")


def line_of(number: Number) -> int:
    """The line of the page that a number stands in."""
    match = _LINE.search(number.mention.block.path)
    return int(match.group()) if match else 0
