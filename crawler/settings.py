"""Scrapy settings, in the order in which a request meets them.

`hotlines crawl` lays the operator's options over these; `scrapy crawl … -s NAME=VALUE` works too.
"""

from __future__ import annotations

# --- the project ---------------------------------------------------------------------------

BOT_NAME = "hotlines"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_CONTRACTS = {"crawler.contracts.PageContract": 10}  # `scrapy check` over saved pages
ADDONS: dict[str, int] = {}
# Neither of these ports is opened on this machine: both would let others run code in the crawl.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# --- who asks ------------------------------------------------------------------------------

# The e-mail address or web page of whoever runs this. Without it no live crawl starts. The
# environment variable HOTLINES_CONTACT is read when this is empty.
HOTLINES_CONTACT = ""
USER_AGENT = "hotlines"  # completed with version and contact by the spider
ROBOTSTXT_USER_AGENT = "hotlines"

# --- when: how many at once, how fast --------------------------------------------------------

CONCURRENT_REQUESTS = 32  # one per brand at most: each brand asks one document after the other
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0  # what we promise is a minimum, not a mean
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = DOWNLOAD_DELAY
AUTOTHROTTLE_MAX_DELAY = 30.0
# Seconds before the first retry; each further one waits three times as long.
HOTLINES_RETRY_DELAY = 5.0
# A server that asks for a longer pause than this is left alone until the next run.
HOTLINES_RETRY_AFTER_MAX = 120.0

# --- downloader middlewares: from the engine to the network ----------------------------------

# Ours ask robots.txt, then wait for the host's turn. Redirects, retries and content codings are
# handled by the spider, because every hop and every attempt is captured and has an outcome.
ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # drops without a word
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # 5xx would allow all
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.robots.RobotsMiddleware": 100,
    "crawler.pace.PaceMiddleware": 800,
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,application/pdf;q=0.9,"
    "text/plain;q=0.8,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",  # all that pipelines.inflate can undo
}
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
COMPRESSION_ENABLED = False
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False  # an environment variable would lead around the address guard
HTTPCACHE_ENABLED = False

# --- the connection --------------------------------------------------------------------------

TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"
HOTLINES_RESOLVE = ""  # HOST:PORT=ADDRESS:PORT, separated by spaces
HOTLINES_ALLOW_PRIVATE = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 30.0
DOWNLOAD_MAXSIZE = 8 * 2**20
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_HANDLERS = {"s3": None, "ftp": None, "data": None}

# --- the answer ------------------------------------------------------------------------------

HTTPERROR_ALLOW_ALL = True  # an error page is an answer: captured, with its outcome
REFERER_ENABLED = False  # a brand's pages need not know which of its pages we saw before
URLLENGTH_LIMIT = 0  # drops without a word; crawler/links.py has its own limit
DEPTH_STATS_VERBOSE = False

# Fetch small images that speak of a hotline from pages for contacts (`hotlines crawl --ocr`).
HOTLINES_OCR = False

# What others say (`hotlines crawl --leads`): a SearXNG endpoint of the operator's own, how many
# pages of results are asked per query, how many result pages are read per brand.
HOTLINES_SEARCH_ENDPOINT = ""
HOTLINES_SEARCH_PAGES = 2
HOTLINES_LEAD_PAGES = 12

# Pages that show nothing without a browser are rendered where crawler.browser.BrowserHandler
# is the download handler of http and https (`hotlines crawl --render` puts it there).
HOTLINES_RENDER_TIMEOUT = 30.0  # seconds for a page, once the browser is there
HOTLINES_CHROMIUM = ""  # path; else the environment variable of that name, else PATH

# --- items: the live view of `scrapy crawl official -a brand=… -O x.jsonl` ---------------------

# Publication is not an item pipeline. A pipeline sees one item at a time, while verification,
# presence and the diff need all observations of a run; and what was published must be rebuilt
# from captures without a crawl. So `process` and `replay` build the published tables outside
# Scrapy, and this pipeline only checks what the live view shows.
ITEM_PIPELINES = {"pipelines.stages.CheckedEvidence": 300}
FEED_EXPORT_ENCODING = "utf-8"

# --- what the operator sees --------------------------------------------------------------------

LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 60.0
STATS_DUMP = False
