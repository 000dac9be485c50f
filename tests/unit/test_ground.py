"""Whose ground is it? Look-alikes, tricks with URLs, shared suffixes, user content."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ground import (
    Ground,
    ascii_host,
    ground_of,
    host_of,
    is_public_suffix,
    mixes_scripts,
    on_ground,
    registrable_domain,
)
from pipelines.model import Brand, Fact
from pipelines.vocabulary import Grade


def facts(*values: str) -> tuple[Fact, ...]:
    return tuple(Fact(value, Grade.D, "invented for a test") for value in values)


BRAND = Brand(
    id="alipay",
    name_zh="支付宝",
    country="CN",
    domains=facts("alipay.com", "pay-example.co.uk", "xn--fiq228c.com"),
    hosts=facts("pay.weixin.qq.com", "payhelp.zendesk.com", "payhelp.github.io"),
    tlds=facts("alipay"),
    veto_paths=facts("opendocs.alipay.com/forum", "alipay.com/club/", "payhelp.zendesk.com/u"),
)

CASES = [
    # declared ground
    ("https://alipay.com", Ground.DOMAIN),
    ("https://www.alipay.com/a?b#c", Ground.DOMAIN),
    ("HTTPS://WWW.ALIPAY.COM/", Ground.DOMAIN),
    ("https://www.alipay.com./", Ground.DOMAIN),
    ("https://www.alipay.com:8443/", Ground.DOMAIN),
    ("https://www.alipay.com:/", Ground.DOMAIN),
    ("http://a.b.pay-example.co.uk/", Ground.DOMAIN),
    ("https://中文.com/", Ground.DOMAIN),
    ("https://xn--fiq228c.com/", Ground.DOMAIN),
    ("https://pay.weixin.qq.com/x", Ground.HOST),
    ("https://payhelp.zendesk.com/hc", Ground.HOST),
    ("https://payhelp.github.io/", Ground.HOST),
    ("https://x.alipay/", Ground.TLD),
    ("https://a.b.alipay./", Ground.TLD),
    ("https://alipay.com/?next=https://evil.cn/", Ground.DOMAIN),
    ("https://user@alipay.com/", Ground.DOMAIN),
    # somebody else's
    ("https://alipay.com.evil.cn/", Ground.FOREIGN),
    ("https://alipay-kefu.com/", Ground.FOREIGN),
    ("https://evilalipay.com/", Ground.FOREIGN),
    ("https://alipay.com@evil.cn/", Ground.FOREIGN),
    ("https://alipay.com:pw@evil.cn/", Ground.FOREIGN),
    ("https://a@alipay.com@evil.cn/", Ground.FOREIGN),
    ("https://evil.cn/alipay.com", Ground.FOREIGN),
    ("https://evil.cn#@alipay.com/", Ground.FOREIGN),
    ("https://evil.cn?@alipay.com/", Ground.FOREIGN),
    ("https://аlipay.com/", Ground.FOREIGN),  # Cyrillic а
    ("https://xn--lipay-2ve.com/", Ground.FOREIGN),
    ("https://alipay/", Ground.FOREIGN),  # the bare top-level domain is nobody's page
    ("https://alipay.cn/", Ground.FOREIGN),
    ("https://x.alipay.evil.cn/", Ground.FOREIGN),
    ("https://qq.com/", Ground.FOREIGN),
    ("https://weixin.qq.com/", Ground.FOREIGN),
    ("https://x.pay.weixin.qq.com/", Ground.FOREIGN),  # a host is that host alone
    ("https://other.zendesk.com/", Ground.FOREIGN),
    ("https://other.github.io/", Ground.FOREIGN),
    ("https://other.co.uk/", Ground.FOREIGN),
    ("https://co.uk/", Ground.FOREIGN),
    # nothing that two readers would read alike
    ("https://alipay.com\\@evil.cn/", Ground.NOT_A_HOST),
    ("https://evil.cn\\@alipay.com/", Ground.NOT_A_HOST),
    ("https://alipay.com\\.evil.cn/", Ground.NOT_A_HOST),
    ("https:\\\\alipay.com/", Ground.NOT_A_HOST),
    ("https:/alipay.com/", Ground.NOT_A_HOST),
    ("https:///alipay.com/", Ground.NOT_A_HOST),
    ("//alipay.com/", Ground.NOT_A_HOST),
    ("/help", Ground.NOT_A_HOST),
    ("", Ground.NOT_A_HOST),
    (" https://alipay.com/", Ground.NOT_A_HOST),
    ("https://alipay.com\n.evil.cn/", Ground.NOT_A_HOST),
    ("https://alipay.com\t/", Ground.NOT_A_HOST),
    ("https://alipay.com%2eevil.cn/", Ground.NOT_A_HOST),
    ("https://ａlipay.com/", Ground.NOT_A_HOST),
    ("https://alipay。com/", Ground.NOT_A_HOST),
    ("https://ali\u00adpay.com/", Ground.NOT_A_HOST),
    ("https://www..alipay.com/", Ground.NOT_A_HOST),
    ("https://.alipay.com/", Ground.NOT_A_HOST),
    ("https://alipay.com../", Ground.NOT_A_HOST),
    ("https://alipay.com:evil/", Ground.NOT_A_HOST),
    ("https://127.0.0.1/", Ground.NOT_A_HOST),
    ("https://2130706433/", Ground.NOT_A_HOST),
    ("https://127.0x1/", Ground.NOT_A_HOST),
    ("https://[::1]/", Ground.NOT_A_HOST),
    ("https://[::ffff:1.2.3.4]:80/", Ground.NOT_A_HOST),
    ("ftp://alipay.com/", Ground.NOT_A_HOST),
    ("javascript:alert('https://alipay.com/')", Ground.NOT_A_HOST),
    ("https://" + "a" * 64 + ".alipay.com/", Ground.NOT_A_HOST),
    ("https://" + "a." * 130 + "alipay.com/", Ground.NOT_A_HOST),
    # user content
    ("https://opendocs.alipay.com/forum", Ground.VETOED),
    ("https://opendocs.alipay.com/forum/1", Ground.VETOED),
    ("https://opendocs.alipay.com/FORUM-1-1.html", Ground.VETOED),
    ("https://opendocs.alipay.com/%66orum/1", Ground.VETOED),
    ("https://opendocs.alipay.com/%2566orum/1", Ground.VETOED),
    ("https://opendocs.alipay.com//forum/1", Ground.VETOED),
    ("https://opendocs.alipay.com/./forum", Ground.VETOED),
    ("https://opendocs.alipay.com/help/../forum", Ground.VETOED),
    ("https://opendocs.alipay.com/help/%2e%2e/forum", Ground.VETOED),
    ("https://opendocs.alipay.com/help/..%2Fforum", Ground.VETOED),
    ("https://opendocs.alipay.com/\\forum", Ground.VETOED),
    ("https://x.opendocs.alipay.com/forum", Ground.VETOED),
    ("https://www.alipay.com/club", Ground.VETOED),
    ("https://www.alipay.com/clubs", Ground.DOMAIN),
    ("https://opendocs.alipay.com/help?x=/forum", Ground.DOMAIN),
    ("https://payhelp.zendesk.com/users", Ground.VETOED),
    ("https://payhelp.zendesk.com/hc/community/posts", Ground.VETOED),
    ("https://bbs.alipay.com/", Ground.VETOED),
    ("https://www.alipay.com/help/task/1", Ground.DOMAIN),
    ("https://evil.cn/forum", Ground.FOREIGN),
]


@pytest.mark.parametrize(("url", "ground"), CASES)
def test_ground_of(url: str, ground: Ground) -> None:
    assert ground_of(url, BRAND) is ground
    assert on_ground(url, BRAND) is (ground in (Ground.DOMAIN, Ground.HOST, Ground.TLD))


MARKS = ["https://", "http:", "//", "\\", "@", ":", "%2e", "%", ".", "/", "?", "#", "[", "]", "。"]
NAMES = ["xn--", "alipay", "alipay.com", "evil.cn", "аlipay", "\x00", "\t", "\ud800", "ß", "80"]
PARTS = st.sampled_from([*MARKS, *NAMES])


@given(st.text() | st.lists(PARTS, max_size=12).map("".join) | st.text().map("https://".__add__))
def test_no_text_makes_it_raise(url: str) -> None:
    ground = ground_of(url, BRAND)
    assert (ground is Ground.NOT_A_HOST) == (host_of(url) is None)


@given(st.lists(PARTS, max_size=8).map("".join))
def test_what_stands_before_the_host_never_decides(prefix: str) -> None:
    host = host_of(f"https://{prefix}@evil.cn/")
    assert host in (None, "evil.cn") or any(mark in prefix for mark in "/?#")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.example.com", "example.com"),
        ("a.example.co.uk", "example.co.uk"),
        ("www.example.com.cn", "example.com.cn"),
        ("a.b.example.github.io", "example.github.io"),
        ("x.alipay", "x.alipay"),
        ("shop.demo.test", "demo.test"),
        ("WWW.Example.COM.", "example.com"),
        ("com.cn", None),
        ("test", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_registrable_domain(host: str, domain: str | None) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize("host", ["com", "co.uk", "com.cn", "github.io", "myshopify.com", "test"])
def test_public_suffixes(host: str) -> None:
    assert is_public_suffix(host)
    assert not is_public_suffix("pay-example." + host)


def test_a_host_of_many_readings_is_no_host() -> None:
    assert ascii_host("faß.de") is None  # fass.de to one reader, xn--fa-hia.de to another
    assert ascii_host("xn--.com") is None or mixes_scripts("xn--.com")
    assert ascii_host("_dmarc.example.com") == "_dmarc.example.com"


@pytest.mark.parametrize(
    ("host", "mixed"),
    [
        ("alipay.com", False),
        ("xn--lipay-2ve.com", True),  # аlipay with a Cyrillic а
        ("аlipay.com", True),
        ("xn--fiq228c.com", False),  # 中文
        ("支付pay.com", False),  # Latin may stand beside Chinese
        ("αlpha.com", True),
        ("пример.com", False),  # one alphabet in each label
        ("xn--a\u0080.com", False),
    ],
)
def test_mixed_scripts(host: str, mixed: bool) -> None:
    assert mixes_scripts(host) is mixed


def test_the_suffix_list_is_read_only_when_asked_for() -> None:
    code = "import sys, pipelines.ground; sys.exit('publicsuffixlist' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
