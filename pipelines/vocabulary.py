"""The closed sets of the data contract (`../shared/design/data-model.md`).

Every value that may stand in a published enum column is named here once. The schema, the
JSON Schema and the data dictionary derive their lists of allowed values from these enums.
"""

from __future__ import annotations

from enum import StrEnum, auto


class SourceKind(StrEnum):
    """What kind of official document a source is."""

    HOME = auto()
    CONTACT = auto()
    HELP = auto()
    COMPLAINT = auto()
    POLICY = auto()
    AGREEMENT = auto()
    ABOUT = auto()
    APP_STORE = auto()
    SOCIAL = auto()
    PARTNER = auto()
    SEARCH = auto()  # the answer of a search engine; never in a brand file
    LEAD = auto()  # a page elsewhere to which a search led; never in a brand file

    @property
    def elsewhere(self) -> bool:
        """Whether it lies off the brand's ground by nature: it never makes a row."""
        return self in _ELSEWHERE


#: Kinds of documents whose numbers are claims.
CLAIMING = frozenset((SourceKind.SOCIAL, SourceKind.SEARCH, SourceKind.LEAD))
_ELSEWHERE = CLAIMING | {SourceKind.APP_STORE, SourceKind.PARTNER}


class Carrier(StrEnum):
    """What part of a document carried a number."""

    TEXT = auto()
    TEL_LINK = auto()
    JSON_LD = auto()
    MICRODATA = auto()
    JSON = auto()
    SCRIPT = auto()
    PDF = auto()
    IMAGE = auto()
    ATTRIBUTE = auto()


class NumberClass(StrEnum):
    """The published class of a number."""

    SHORT_95 = auto()
    SHORT_96 = auto()
    SHARED_400 = auto()
    TOLLFREE_800 = auto()
    UAN_1010 = auto()
    CARRIER = auto()
    PUBLIC_SERVICE = auto()
    EMERGENCY = auto()
    LANDLINE = auto()
    MOBILE = auto()
    SMS = auto()
    PREMIUM = auto()
    FOREIGN = auto()


class FeeClass(StrEnum):
    """What a domestic call costs the caller, by rule."""

    FREE = auto()
    SHARED = auto()
    LOCAL = auto()
    NORMAL = auto()
    INTERNATIONAL = auto()
    PREMIUM = auto()
    UNKNOWN = auto()


class Purpose(StrEnum):
    """What a line is for (domain.md E1)."""

    GENERAL = auto()
    HUMAN_AGENT = auto()
    COMPLAINT = auto()
    FRAUD_SECURITY = auto()
    LOSS_REPORT = auto()
    CONSUMER_PROTECTION = auto()
    MERCHANT = auto()
    OVERSEAS = auto()
    VIP = auto()
    CREDIT_LOAN = auto()
    INVEST_FUND = auto()
    INSURANCE = auto()
    CORPORATE_SWITCHBOARD = auto()
    FAX = auto()
    MEDIA = auto()
    INVESTOR = auto()
    HR = auto()
    LEGAL_PRIVACY = auto()
    SMS = auto()
    REGULATOR = auto()
    PARTNER_BANK = auto()
    UNKNOWN = auto()


class Owner(StrEnum):
    """Whose number a mention is, seen from the publisher of the page."""

    SELF = auto()
    THIRD_PARTY = auto()
    REGULATOR = auto()
    UNKNOWN = auto()


class Presence(StrEnum):
    """What a run may say of a number it knew."""

    OBSERVED = auto()
    NOT_OBSERVED = auto()
    REMOVED = auto()


class Verdict(StrEnum):
    """Whether a number is official."""

    CONFIRMED = auto()
    OFFICIAL = auto()
    CONFLICT = auto()
    STALE = auto()
    UNVERIFIED = auto()


class Op(StrEnum):
    """What a change does to the table `hotlines`."""

    ADD = "ADD"
    MOD = "MOD"
    DEL = "DEL"


class Cause(StrEnum):
    """Who caused a change: the source, or one of us."""

    SOURCE = auto()
    PIPELINE = auto()
    REGISTRY = auto()
    REVIEW = auto()
    TIME = auto()


class Level(StrEnum):
    """How urgently a person should look at an issue."""

    INFO = auto()
    WARNING = auto()
    ERROR = auto()


class Grade(StrEnum):
    """How well a fact of the registry is founded (`docs/decisions/0004-registry.md`)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class BrandState(StrEnum):
    """Whether a brand still serves users."""

    ACTIVE = auto()
    ENDED = auto()
    UNVERIFIED = auto()


class ChannelKind(StrEnum):
    """Another way to reach a brand."""

    CHAT = auto()
    IN_APP = auto()
    EMAIL = auto()
    FORM = auto()
    POSTAL = auto()
    SOCIAL = auto()
    COMPLAINT = auto()
    REGULATOR = auto()
    PREPARE = auto()
    RECORDING = auto()


class ClaimVerdict(StrEnum):
    """What we think of a number that somebody else calls the brand's."""

    SUPPORTED = auto()
    UNSUPPORTED = auto()
    IMPOSTOR = auto()
    BELONGS_TO_OTHER = auto()


class RunResult(StrEnum):
    """How a run ended."""

    CAPTURED = auto()
    PUBLISHED = auto()
    QUARANTINED = auto()
    NOTHING_FETCHED = auto()


class Outcome(StrEnum):
    """What became of one attempted fetch; advice for each is in `crawler/outcomes.py`.

    `OK` and `NOT_MODIFIED` are the good answers: only they let presence say that a number is
    gone. The last group is found by reading the page, not by fetching it.
    """

    OK = auto()
    NOT_MODIFIED = auto()
    DNS = auto()
    REFUSED = auto()
    TIMEOUT = auto()
    TLS_EXPIRED = auto()
    TLS_NAME = auto()
    TLS_CHAIN = auto()
    HTTP_404 = auto()
    HTTP_410 = auto()
    HTTP_4XX = auto()
    RATE_LIMITED = auto()
    BLOCKED = auto()
    HTTP_5XX = auto()
    CONNECTION_LOST = auto()
    REDIRECT_OFF_GROUND = auto()
    REDIRECT_LOOP = auto()
    PRIVATE_ADDRESS = auto()
    ROBOTS = auto()
    TOO_LARGE = auto()
    BAD_ENCODING = auto()
    UNSUPPORTED_TYPE = auto()
    BUDGET = auto()
    CALLBACK_ERROR = auto()
    INTERRUPTED = auto()

    EMPTY = auto()
    SCRIPT_SHELL = auto()
    SOFT_404 = auto()
    LOGIN_WALL = auto()
    UNRECOGNISED_LAYOUT = auto()
    PARSER_REFUSED = auto()

    @property
    def good(self) -> bool:
        """Whether presence may conclude from what this answer does not show."""
        return self in (Outcome.OK, Outcome.NOT_MODIFIED)
