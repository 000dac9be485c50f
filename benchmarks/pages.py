"""Pages for the benchmarks: generated from a seed, sized and encoded like real ones."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

SIZES = (20_000, 40_000, 60_000, 80_000, 100_000, 150_000, 200_000, 300_000)  # bytes, about
_CHARSETS = ("utf-8", "utf-8", "utf-8", "gb18030", "gb18030", "big5")
_SIMPLE = (
    "我们可能会收集您的设备信息用于保障账户安全并在法律法规要求的期限内妥善保存相关记录"
    "如您对本政策有任何疑问意见或建议请通过以下方式与我们取得联系我们将尽快予以答复"
    "提现到账时间以银行处理为准节假日顺延商户应当如实填写结算账户并及时更新经营资料"
)
_TRADITIONAL = (
    "我們可能會收集您的裝置資訊用於保障帳戶安全並在法令要求的期限內妥善保存相關紀錄"
    "如有疑問請與我們聯絡"
)
_MENU = ("首页", "产品介绍", "帮助中心", "商户服务", "新闻动态", "关于我们", "下载中心", "安全保障")
_MENU_TW = ("首頁", "產品介紹", "常見問題", "特約商店", "最新消息", "關於我們", "下載", "安全")
_TAG = re.compile(r"<([a-z]+\d?)(?=[ >])")


@dataclass(frozen=True, slots=True)
class Sample:
    """A page of the benchmark: its bytes and how the server declares them."""

    body: bytes
    content_type: str


def generated(
    seed: int = 20261125, rounds: int = len(_CHARSETS), *, dressed: bool = False
) -> tuple[Sample, ...]:
    """Pages of 20 to 300 KB, of each size as many in each charset; the same for a seed.

    Args:
        rounds: Pages of each size.
        dressed: With the scripts, styles, attributes, comments and white space of whole saved
            pages (docs/decisions/0041): a sixth of them is visible text, else it is half.
    """
    chance = random.Random(seed)
    charsets = islice(cycle(_CHARSETS), rounds)
    return tuple(_page(chance, size, charset, dressed) for charset in charsets for size in SIZES)


def _page(chance: random.Random, size: int, charset: str, dressed: bool) -> Sample:
    words, menu = (_TRADITIONAL, _MENU_TW) if charset == "big5" else (_SIMPLE, _MENU)
    parts = list(_head(chance, charset, menu))
    length = sum(map(len, parts))
    while length < size * 0.8:
        part = chance.choice((_news, _cards, _policy, _table, _script))(chance, words)
        part = _dressed(chance, part) if dressed else part
        parts.append(part)
        length += len(part.encode(charset, "replace"))
    parts += _foot(chance, charset)
    declared = chance.choice((f"text/html; charset={charset}", "text/html"))
    return Sample("".join(parts).encode(charset, "replace"), declared)


def _text(chance: random.Random, words: str, least: int, most: int) -> str:
    start = chance.randrange(len(words))
    return (words * 12)[start : start + chance.randint(least, most)]


def _head(chance: random.Random, charset: str, menu: tuple[str, ...]) -> Iterator[str]:
    meta = chance.choice((f'<meta charset="{charset}">', ""))
    yield f"<!DOCTYPE html><html><head>{meta}<title>{menu[2]}</title><style>"
    yield ".a{margin:0 auto;width:1200px;color:#333}" * 20
    yield '</style></head><body class="page"><div class="header"><ul class="nav">'
    for place, name in enumerate(menu * 3):
        link = f"/channel/{place}/index.html?from=nav&amp;t={chance.randrange(10**10)}"
        yield f'<li class="item"><a href="{link}" target="_blank">{name}</a></li>'
    yield "</ul></div>"


def _news(chance: random.Random, words: str) -> str:
    rows = []
    for _ in range(12):
        day = f"20{chance.randint(15, 26)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        link = f"/news/{chance.randrange(10**8)}.html"
        title = _text(chance, words, 12, 28)
        rows.append(f'<li><a href="{link}">{title}</a><span class="date">{day}</span></li>')
    return f'<div class="news"><h2>{_text(chance, words, 4, 6)}</h2><ul>{"".join(rows)}</ul></div>'


def _cards(chance: random.Random, words: str) -> str:
    cards = []
    for _ in range(8):
        image = f"/upload/{chance.randrange(10**12)}.png"
        price = f"{chance.randint(1, 999)}.{chance.randint(0, 99):02}"
        cards.append(
            f'<div class="card"><img src="{image}" alt="{_text(chance, words, 4, 9)}"><p class="t">'
            f"<b>{_text(chance, words, 6, 12)}</b>{_text(chance, words, 20, 60)}</p>"
            f'<p class="price">￥{price}</p><i>{chance.randrange(10**4)}人</i></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>'


def _policy(chance: random.Random, words: str) -> str:
    rows = [f"<p>{place}. {_text(chance, words, 80, 400)}。</p>" for place in range(1, 9)]
    return f'<div class="text"><h3>{_text(chance, words, 5, 9)}</h3>{"".join(rows)}</div>'


def _table(chance: random.Random, words: str) -> str:
    rows = []
    for _ in range(10):
        name, use = _text(chance, words, 4, 8), _text(chance, words, 10, 30)
        rows.append(f"<tr><td>{name}</td><td>{use}</td><td>V{chance.randint(1, 9)}.0</td></tr>")
    return f'<table class="t"><tr><th>SDK</th><th>-</th><th>-</th></tr>{"".join(rows)}</table>'


def _script(chance: random.Random, _: str) -> str:
    numbers = ",".join(str(chance.randrange(10**9)) for _ in range(60))
    return f"<script>var ids=[{numbers}];for(var i=0;i<ids.length;i++){{track(ids[i]);}}</script>"


def _dressed(chance: random.Random, part: str) -> str:
    """A part of a page as content management systems write it."""
    return f"{_TAG.sub(lambda tag: _attributes(chance, tag[1]), part)}{_around(chance)}"


def _attributes(chance: random.Random, tag: str) -> str:
    written = [f"\n{' ' * chance.randrange(24)}<{tag}"]
    if chance.random() < 0.5:
        written.append(f'class="{tag}-item m-{chance.randrange(99)} list-box"')
    if chance.random() < 0.15:
        written.append(f'style="width:{chance.randrange(900)}px;margin:0 auto;float:left"')
    if chance.random() < 0.1:
        written.append(f'data-contentid="{chance.randrange(10**8)}"')
    if chance.random() < 0.03:
        written.append(f'id="box_{chance.randrange(10**4)}"')
    if tag == "a":
        written.append(f"onclick=\"track('news','{chance.randrange(10**6)}')\" title=\"\"")
    return " ".join(written)


def _around(chance: random.Random) -> str:
    """Scripts, styles and comments."""
    code = (
        f"function f{n}(a,b){{var c=document.getElementById('box_{n}');if(c){{c.style.display="
        f"'none';}}return a+b*{chance.randrange(1000)};}}\n"
        for n in range(chance.randrange(24))
    )
    looks = (
        f".c{n} .box{{margin:0 auto;width:{chance.randrange(999)}px;color:#333}}\n"
        for n in range(chance.randrange(12))
    )
    remark = f"<!-- position {chance.randrange(99)} -->" * chance.randrange(40)
    return f"<script>{''.join(code)}</script><style>{''.join(looks)}</style>{remark}"


def _foot(chance: random.Random, charset: str) -> Iterator[str]:
    line = f"400-{chance.randint(600, 899)}-{chance.randint(1000, 9999)}"
    office = f"0571-{chance.randint(2, 8)}{chance.randrange(10**7):07}"
    short = f"955{chance.randint(10, 99)}"
    if charset == "big5":
        labels = ("客服專線", "總機", "服務時間")
    else:
        labels = ("客服热线", "总机", "服务时间")
    yield f'<div class="footer"><p>{labels[0]}：<strong>{line}</strong> {labels[2]} 9:00-21:00</p>'
    if chance.random() < 0.5:
        yield f"<p>{labels[1]}：{office}</p>"
    if chance.random() < 0.3:
        yield f'<p><a href="tel:{short}">{labels[0]} {short}</a></p>'
    yield "<p>Copyright © 2004-2026 B2-20160129 330106002020088 12345678</p></div></body></html>"
