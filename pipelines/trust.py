"""How much a page's word weighs: the ladder of domain.md D1.

A number inherits the trust of the page that prints it, and nothing else: agreement among pages
of T0 weighs nothing, however many they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum

from pipelines.ground import Ground, ground_grade, ground_of, host_of
from pipelines.marks.page import FOREIGN_MARK, USER_CONTENT
from pipelines.model import Brand, Visit
from pipelines.vocabulary import Grade

_STORES = {
    "ios": ("apps.apple.com", re.compile(r"/id(\d+)(?![\d])")),
    "android": ("play.google.com", re.compile(r"[?&]id=([\w.]+)")),
}


class Trust(IntEnum):
    """Levels of trust, the higher beats the lower."""

    NOTHING = 0  # T0: everything else
    CURATED = 1  # T1: curated data of a third party; only registers hold it
    PARTNER = 2  # T2: another brand of the registry, on its own ground
    STORE = 3  # T3: the store entry whose developer is the company
    GROUND = 4  # T4: declared ground, verified TLS, not user content
    REGISTER = 5  # T5: the regulator's own register


def page_doubt(visit: Visit, brand: Brand) -> str:
    """Why a visited page does not speak for the brand; "" if it does (level T4)."""
    if not visit.tls_ok:
        return "no_tls"
    url = visit.final_url or visit.url
    if not visit.on_ground or not ground_of(url, brand).declared:
        return "off_ground"
    if trust_of(url, brand) < Trust.GROUND:
        return "unproven_ground"  # somebody's memory says where to look, and raises nothing
    said = {issue.code for issue in visit.reading.issues} if visit.reading else set()
    return next((code for code in (USER_CONTENT, FOREIGN_MARK) if code in said), "")


def trust_of(url: str, brand: Brand, others: Iterable[Brand] = ()) -> Trust:
    """The level of a page by its address alone, TLS taken for granted.

    Args:
        others: The other brands of the registry, whose own pages are a partner's word.

    >>> trust_of("https://anywhere.example/alipay.com", Brand("alipay", "支付宝", "CN"))
    <Trust.NOTHING: 0>
    """
    if ground_of(url, brand).declared:
        proven = ground_grade(url, brand) is not Grade.D
        return Trust.GROUND if proven else Trust.NOTHING
    if _is_store_entry(url, brand):
        return Trust.STORE
    if any(ground_grade(url, other) not in (None, Grade.D) for other in others):
        return Trust.PARTNER
    return Trust.NOTHING


def _is_store_entry(url: str, brand: Brand) -> bool:
    """Grade A of an app fact means: its developer is the company (decision 0004)."""
    if ground_of(url, brand) is Ground.NOT_A_HOST:
        return False
    for fact in brand.apps:
        store, _, app = fact.value.partition(":")
        host, pattern = _STORES[store]
        found = pattern.search(url)
        if fact.grade is Grade.A and host_of(url) == host and found and found[1] == app:
            return True
    return False
