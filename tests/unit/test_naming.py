"""Brands are found by id, by name in any language, by alias; strangers get suggestions."""

from __future__ import annotations

import pytest

from crawler.plan import ConfigurationError
from crawler.registry import load_brands
from crawler.verbs.checking import brand_named
from pipelines.naming import UnknownBrandError, brand_meant, names_of

NAMES = {
    "shan": ("示例山钱包", "示例山錢包", "Demo Hill", "山付"),
    "hai": ("示例海钱包", "Demo Sea", "山付"),
    "shan_hk": ("Demo Hill HK",),
}


@pytest.mark.parametrize(
    "asked",
    [
        "shan",
        " shan ",
        "示例山钱包",
        "示例山錢包",
        "demo hill",
        "DemoHill",
        "Demo-Hill",
        "ｄｅｍｏ　ｈｉｌｌ",
    ],
)
def test_all_spellings_lead_to_the_brand(asked: str) -> None:
    assert brand_meant(NAMES, asked, "the registry") == "shan"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("demo hil", "the registry has no brand 'demo hil'; did you mean shan"),
        ("示例海", "did you mean hai (示例海钱包)"),
        ("zzzz", "it has: shan, hai, shan_hk"),
        ("山付", "several brands are called '山付': shan (示例山钱包), hai (示例海钱包)"),
        ("  ", "name a brand"),
        ("--", "name a brand"),
    ],
)  # fmt: skip
def test_strangers_get_a_suggestion(asked: str, told: str) -> None:
    with pytest.raises(UnknownBrandError) as error:
        brand_meant(NAMES, asked, "the registry")
    assert told in str(error.value)


def test_every_brand_of_the_registry_is_found_by_its_id_and_its_chinese_name() -> None:
    brands = load_brands()
    names = names_of(brands)
    for brand in brands:
        assert brand_meant(names, brand.id, "the registry") == brand.id
        assert brand_meant(names, brand.name_zh, "the registry") == brand.id


def test_the_verbs_take_names() -> None:
    assert brand_named("支付宝").id == brand_named("ALIPAY").id == "alipay"
    assert not issubclass(ConfigurationError, UnknownBrandError)
