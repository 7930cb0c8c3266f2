"""All settings. The environment is read here and nowhere else.

`LIUJIN_DEMO=1` (what `make run` and the tests use) brings its own secrets and refuses anything that belongs to a real
site; without it every secret must be given, or the site does not start.
"""

import warnings
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from marketplace.logs import logging_settings

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("LIUJIN_VAR", str(BASE_DIR / "var")))

DEMO: bool = env.bool("LIUJIN_DEMO", False)
DEBUG: bool = env.bool("DEBUG", False)
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


# --- Secrets ----------------------------------------------------------------------------------------------------------


def secret(name: str, demo: str) -> str:
    """Return a secret: the demo's own in demo mode, the environment's otherwise; never the one for the other."""
    given = env.str(name, "")
    if DEMO and given:
        raise ImproperlyConfigured(f"{name} is set: demo mode (LIUJIN_DEMO=1) refuses the secrets of a real site.")
    if DEMO:
        return demo
    if not given:
        raise ImproperlyConfigured(f"{name} is missing. Set it, or set LIUJIN_DEMO=1 to try the demo.")
    return given


def needed(name: str, demo: str) -> str:
    """Return a value that a real site must give and the demo may give."""
    value = env.str(name, demo if DEMO else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is missing. Set it, or set LIUJIN_DEMO=1 to try the demo.")
    return value


def keys_by_id(text: str) -> dict[str, str]:
    """Read `2026a:secret,2025a:older secret`, the newest first."""
    keys = dict(part.strip().split(":", 1) for part in text.split(",") if ":" in part)
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS must read <key id>:<secret>, the newest first, separated by commas.")
    return keys


SECRET_KEY: str = secret("SECRET_KEY", "demo-only-" + "liujin-market-" * 4)
FIELD_KEYS: dict[str, str] = keys_by_id(secret("FIELD_KEYS", "demo:demo-field-key-for-made-up-people-only"))
INDEX_KEY: str = secret("INDEX_KEY", "demo-index-key-for-made-up-people-only")

ALLOWED_HOSTS: list[str] = [
    host.strip() for host in needed("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host.strip()
]
if DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured("Demo mode (LIUJIN_DEMO=1) serves this machine only: ALLOWED_HOSTS must be loopback.")
# Where people on their phones find the site, for the links in texts.
SITE_ADDRESS: str = env.str("SITE_ADDRESS", "http://localhost:8000" if DEMO else f"https://{ALLOWED_HOSTS[0]}")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])


# --- What is installed ------------------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
OUR_APPS = [
    "records",
    "accounts",
    "registers",
    "ledger",
    "produce",
    "catalog",
    "canteens",
    "orders",
    "losses",
    "selling",
    "reports",
    "marketplace",
]
DEMO_APPS = ["demo"] if DEMO else []
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "pgtrigger",
    *OUR_APPS,
    *DEMO_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "marketplace.middleware.closed_doors",
    "marketplace.away.gate",
    "marketplace.middleware.readable_text",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.ended_sessions.EndedSessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.middleware.elder_mode",
    "marketplace.middleware.handed_places",
    "marketplace.middleware.nothing_refused_stays",
    "marketplace.tries.refused_tries",
    "marketplace.refusals.RefusalPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["marketplace.lean_templates.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.frame.frame",
                *(f"{app}.frame.frame" for app in DEMO_APPS),
            ],
        },
    },
]


# --- Database: PostgreSQL, as the app role ----------------------------------------------------------------------------

APP_ROLE: str = env.str("LIUJIN_APP_ROLE", "liujin_app")
DATABASE_POOL: bool = env.bool("DATABASE_POOL", False)

# The role that migrates may take its time; the app's role may not.
_statement_timeout = env.str("DATABASE_STATEMENT_TIMEOUT", "30s")
_database = env.db_url_config(needed("DATABASE_URL", "postgres:///liujin"))
if _database["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must be a PostgreSQL address: no other database can keep the promises.")
_database["HOST"] = unquote(_database["HOST"] or "")
_database["CONN_HEALTH_CHECKS"] = True
_database["CONN_MAX_AGE"] = 0 if DATABASE_POOL else 60
# Every trigger reads `pgtrigger.ignore`. Where it is not set that read fails inside the server, each time in a
# subtransaction that looks through all rows whose keys are still to be checked: a batch of n rows took n² of them.
_session = f"-c lock_timeout=4s -c statement_timeout={_statement_timeout} -c timezone=UTC -c pgtrigger.ignore={{}}"
# A lost server is asked again after a second, not after ever longer pauses.
_pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", 5), "timeout": 3, "reconnect_timeout": 2}
_database["OPTIONS"] = {
    **_database.get("OPTIONS", {}),
    "options": _session,
    "application_name": "liujin",
    "connect_timeout": 5,
    **({"pool": _pool} if DATABASE_POOL else {}),
}
DATABASES = {"default": _database}

AUTH_USER_MODEL = "accounts.User"
WORKFLOW_HISTORY_MODEL = "records.Move"
# Where the head of the chain of seals is noted each night, outside the database: let another machine fetch it.
HISTORY_HEAD_JOURNAL: Path = Path(env.str("HISTORY_HEAD_JOURNAL", str(VAR_DIR / "history-heads.jsonl")))
HISTORY_BY_THE_CLOCK: bool = not DEMO  # the demo's two years are written in minutes


# --- Redis: cache and broker ------------------------------------------------------------------------------------------

REDIS_URL: str = needed("REDIS_URL", "redis://127.0.0.1:6379")
_redis = REDIS_URL.split("?")[0].rstrip("/")
_cache_db = env.int("CACHE_DB", 1)
_redis_by_socket = _redis.startswith("unix:")
CACHES = {
    "default": {
        "BACKEND": "kernel.spare_cache.SpareCache",
        "LOCATION": f"{_redis}?db={_cache_db}" if _redis_by_socket else f"{_redis}/{_cache_db}",
        "KEY_PREFIX": "liujin",
        # How often codes are asked for and tried, which codes of authenticators were used, codes asked for once more.
        "OPTIONS": {"guarding": ("allauth:rl:", "allauth.mfa.", "fresh-code:")},
    }
}

CELERY_BROKER_URL = f"redis+socket:{_redis.removeprefix('unix:')}?virtual_host=0" if _redis_by_socket else f"{_redis}/0"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES: dict[str, dict] = {name: {} for name in ("default", "payments", "messages", "images", "reports")}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request that wants to hurry a sweep does not wait for a broker that is away: the beat comes anyway.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_connect_timeout": 1, "max_retries": 0}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TIMEZONE = "Asia/Shanghai"
if DEMO:  # a visitor may try the demo as root; a real site's worker has a user of its own
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")


# --- People: sign-in and sessions -------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict] = []  # there are no passwords
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_ADAPTER = "accounts.adapters.PhoneAdapter"
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 5
ACCOUNT_SESSION_REMEMBER = True
NUM_PROXIES: int = env.int("NUM_PROXIES", 0 if DEMO else 1)  # ours, in front: what they say of a caller is believed
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES
# How many codes may be asked for: for one number, since whoever works at a desk signs in after each half hour of rest,
# and from one address, behind which a whole office may sit. The demo's address is one machine.
CODES = "500/d/key,2000/h/ip" if DEMO else "16/d/key,60/h/ip"
ACCOUNT_RATE_LIMITS = {"request_login_code": env.str("SIGN_IN_CODES", CODES)}
DEMO_CODE = "246810"  # what every code is in demo mode, and never outside it
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp"]
ACCOUNT_FORMS = {"confirm_login_code": "accounts.forms.SignInCodeForm"}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.OnceMoreForm",
    "activate_totp": "accounts.forms.FirstAuthenticatorForm",
}
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "marketplace.sessions"
SESSION_COOKIE_AGE = 180 * 24 * 3600  # after its last use; the county's own limits end it long before
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SMS_BACKEND: str = env.str("SMS_BACKEND", "console" if DEMO else "")
if DEMO and SMS_BACKEND not in {"console", "file"}:
    raise ImproperlyConfigured("Demo mode (LIUJIN_DEMO=1) sends no real text messages: SMS_BACKEND is console or file.")
if not SMS_BACKEND:
    raise ImproperlyConfigured("SMS_BACKEND is missing. Set it, or set LIUJIN_DEMO=1 to try the demo.")
if SMS_BACKEND == "texts" and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured("SMS_BACKEND=texts writes codes into a file: it serves this machine only.")

# With this secret the gateway signs the texts it brings; without one nobody answers by a text.
_texts_in = DEMO or bool(env.str("SMS_INBOUND_SECRET", ""))
SMS_INBOUND_SECRET: str = secret("SMS_INBOUND_SECRET", "demo-only-texts-in-" + "liujin-" * 4) if _texts_in else ""
if SMS_INBOUND_SECRET and len(SMS_INBOUND_SECRET) < 32:
    raise ImproperlyConfigured("SMS_INBOUND_SECRET is too short: agree on 32 characters or more with the gateway.")


# How single payables may be paid at once; without a gateway the county pays by bank file and recorded transfers.
PAYMENT_GATEWAY: str = env.str("PAYMENT_GATEWAY", "ledger.gateways.NoGateway")


# --- Signed notices: with the county's certificate the sheet of a public notice is signed -----------------------------


def if_given(name: str) -> str:
    """Return what a real site may give, empty where it does not; the demo refuses it."""
    return secret(name, "") if env.str(name, "") else ""


NOTICE_CERTIFICATE: str = if_given("NOTICE_CERTIFICATE")  # where its PKCS#12 file lies, readable by the site alone
NOTICE_CERTIFICATE_PASSPHRASE: str = if_given("NOTICE_CERTIFICATE_PASSPHRASE")
NOTICE_TIMESTAMP_URL: str = if_given("NOTICE_TIMESTAMP_URL")  # of a time-stamp server (RFC 3161)
if NOTICE_TIMESTAMP_URL and not NOTICE_TIMESTAMP_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("NOTICE_TIMESTAMP_URL must begin with https:// or http://.")


# --- Transport and browser rules --------------------------------------------------------------------------------------

SECURE: bool = env.bool("SECURE", not DEMO)  # served over HTTPS
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "media-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],  # blob: the photo just taken, before it is sent
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 12


# --- API --------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "kernel.api_fields.ExactJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "kernel.api_pages.KeysetPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANON", "60/min"),
        "user": env.str("API_RATE_USER", "600/min"),
    },
    "NUM_PROXIES": NUM_PROXIES,
    "EXCEPTION_HANDLER": "marketplace.refusals.answer_api",
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],
    "UNICODE_JSON": True,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Liujin Market",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "marketplace.schema.KeptSchema",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "orders.models.OrderStatus",
        "PayoutVerdict": "ledger.selectors.verdicts.Verdict",
        "UpheldOrExplained": ["upheld", "explained"],
        "AllocationStatus": "orders.models.AllocationStatus",
        "KeptStatus": "orders.models.KeptStatus",
        "ShareReason": "orders.models.EditReason",
        "PurchasePlanKind": "canteens.models.PurchasePlanKind",
        "PurchasePlanStatus": "canteens.models.PurchasePlanStatus",
        "ObjectionStatus": "records.models.ObjectionStatus",
        "ShareCause": "canteens.models.ShareCause",
        "ShareState": "reports.filters.SHARE_STATES",
        "LossCause": "losses.models.Cause",
        "InvoiceStatus": "orders.models.InvoiceStatus",
        "ComplaintStatus": "orders.models.ComplaintStatus",
        "VisitConclusion": "losses.models.Conclusion",
        "HouseholdSigned": "losses.models.HouseholdSigned",
        "ComplaintAbout": "orders.models.About",
        "SaleSide": "orders.models.Side",
        "AnswerConsent": "orders.forms.CONSENTS",
        "LossConsent": "losses.forms.CONSENTS",
        "ReturnReason": "orders.models.ReturnReason",
        "PaperKind": "produce.models.PaperKind",
        "Surplus": "orders.models.Surplus",
        "ReturnAskReason": "orders.forms.RETURN_REASONS",
        "RefusalReason": "orders.models.RefusalReason",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketplace.contract.describe_answers",
    ],
}


# --- Files ------------------------------------------------------------------------------------------------------------

MEDIA_ROOT: Path = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))  # /private: originals, /public: derivatives
# What left for the bank, kept beside the database: a restored backup is noticed by it (ledger/services/journal.py).
PAYOUT_JOURNAL: Path = Path(env.str("PAYOUT_JOURNAL", str(VAR_DIR / "payouts.jsonl")))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "marketplace.joined_scripts.JoinedScripts",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
JOINED_SCRIPTS_ROOT = VAR_DIR / "joined"
# The manifest names every file by its content; tests and development read the files where they lie.
STATIC_MANIFEST: bool = env.bool("STATIC_MANIFEST", not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640


# --- Words and time ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
FORMAT_MODULE_PATH = "marketplace.formats"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / room / "locale" for room in ("kernel", *OUR_APPS, *DEMO_APPS)]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

LOGGING = logging_settings(level=env.str("LOG_LEVEL", "INFO"))
