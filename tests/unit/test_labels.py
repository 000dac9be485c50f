"""Labels: the words of domain.md E1 in three scripts, where they may stand, which one wins."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.context.labels import Label
from pipelines.model import Block
from pipelines.rules import load_rules

LABELS = load_rules().labels
NUMBER = "400-820-8820"
WORDS = {
    "general": """客服电话 客服热线 客户服务热线 服务热线 服务电话 咨询电话 咨询热线
        联系电话 热线电话
        官方客服 全国统一客服热线 全国统一服务热线 全国服务热线 24小时客服热线 24小时服务热线
        客户服务专线 官方热线 客服專線 客戶服務熱線 客服電話 服務專線 查詢熱線
        顧客服務熱線 聯絡電話
        hotline customer_service customer_care customer_support helpline call_center call_centre
        careline contact_number Tổng_đài Layanan_pelanggan Khidmat_pelanggan ศูนย์บริการลูกค้า
        ग्राहक_सेवा""",
    "human_agent": """人工服务 人工客服 转人工 人工坐席 真人客服 專人服務 live_agent
        speak_to_an_agent""",
    "complaint": """投诉电话 投诉热线 投诉举报 举报电话 监督电话 服务监督电话 意见反馈 申訴專線
        申訴(客服)電話 申訴電話 投訴熱線 檢舉 complaint complaints grievance_officer
        grievance_nodal_officer feedback dispute""",
    "consumer_protection": """消费者权益保护 消保 金融消费者投诉 消費者保護 消費爭議
        consumer_protection redressal""",
    "fraud_security": """反诈 盗刷 风险 安全中心 账户被盗 紧急冻结 反詐騙 盜刷 fraud unauthorised
        report_scam""",
    "loss_report": "挂失 紧急挂失 掛失專線 lost_or_stolen",
    "merchant": """商户服务 商家客服 商户热线 商家入驻 收单 POS 服务商 商戶 特約商店 特店客服
        merchant_support merchant_services business""",
    "overseas": """海外拨打 海外客服 海外热线 境外拨打 境外客服 国际热线 港澳台 国际 海外 國外撥打
        from_overseas outside_Hong_Kong international""",
    "vip": "贵宾专线 白金专线 私人银行 貴賓專線 VIP热线 VIP premier",
    "corporate_switchboard": """总机 前台 公司电话 办公电话 總機 代表號 switchboard head_office
        main_line""",
    "fax": "传真 傳真 fax",
    "media": "媒体联络 媒体 公关 品牌 媒體 press media",
    "investor": "投资者关系 董秘 证券部 投資人 IR",
    "hr": "招聘 徵才 careers",
    "legal_privacy": """个人信息保护 数据保护官 未成年人 知识产权 侵权 個資 個人資料保護 DPO
        privacy_officer""",
    "partner_bank": "发卡行 合作银行 發卡銀行 issuer partner_bank",
}
MISSING = "not in the table of labels"
CASES = [(words.replace("_", " "), purpose) for purpose, w in WORDS.items() for words in w.split()]


def label_of(text: str, number: str = NUMBER, **block: Any) -> Label | None:
    start = text.index(number)
    return LABELS.of(Block(text=text, path="line 1", **block), start, start + len(number))


@pytest.mark.parametrize(("words", "purpose"), CASES)
def test_words_of_the_reference(words: str, purpose: str) -> None:
    label = label_of(f"{words}：{NUMBER}")
    assert label is not None
    assert label.purpose.value == purpose


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("客服热线 传真：", "fax"),
        ("海外用户客服热线：", "overseas"),
        ("商户投诉热线：", "merchant"),
        ("投诉客服热线：", "complaint"),
        ("信用卡客服热线：", "credit_loan"),
        ("招聘热线：", "hr"),
        ("媒体合作热线：", "media"),
    ],
)
def test_which_label_wins(text: str, purpose: str) -> None:
    label = label_of(text + NUMBER)
    assert label is not None
    assert label.purpose.value == purpose


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ({"text": f"客服热线：{NUMBER}"}, "before"),
        ({"text": f"{NUMBER}（客服热线）"}, "bracket"),
        ({"text": f"{NUMBER} 客服热线"}, "behind"),
        ({"text": NUMBER, "row_header": "客服热线"}, "row"),
        ({"text": NUMBER, "column_header": "客服热线"}, "column"),
        ({"text": NUMBER, "before": "客服热线"}, "above"),
        ({"text": NUMBER, "heading": "客服热线"}, "heading"),
    ],
)
def test_where_a_label_may_stand(block: dict[str, str], place: str) -> None:
    label = label_of(**block)
    assert label is not None
    assert (label.place, label.purpose.value) == (place, "general")


def test_a_number_of_another_line_has_no_label_here() -> None:
    assert label_of(f"地址：杭州市示例路12号 {NUMBER}") is None


def test_a_label_of_the_sentence_before_is_not_this_numbers() -> None:
    label = label_of(f"投诉电话见下文。客服热线：{NUMBER}")
    assert label is not None
    assert label.purpose.value == "general"


@pytest.mark.parametrize(
    "text",
    [
        f"客服电话：{NUMBER} 传真：010-58812888",
        f"电话：{NUMBER}，传真：010-58812888",
        f"电话：{NUMBER} 传真：010-58812888",
        f"Tel: {NUMBER} Fax: 010-58812888",
    ],
)
def test_the_fax_behind_a_telephone_is_another_number(text: str) -> None:
    label = label_of(text)
    assert label is not None
    assert label.purpose.value != "fax"


def test_each_number_has_the_label_before_it() -> None:
    text = f"客服热线：{NUMBER}，传真：010-58812888"
    first, second = label_of(text), label_of(text, "010-58812888")
    assert first is not None
    assert second is not None
    assert (first.word, second.word) == ("客服热线", "传真")


def test_a_label_counts_for_all_numbers_of_its_list() -> None:
    label = label_of(f"投诉电话：95188、95017、{NUMBER}")
    assert label is not None
    assert label.purpose.value == "complaint"


@pytest.mark.parametrize("words", ["传真", "招聘热线", "媒体垂询", "投资者关系", "公司总机"])
def test_lines_that_serve_no_user(words: str) -> None:
    label = label_of(f"{words}：{NUMBER}")
    assert label is not None
    assert not label.service
