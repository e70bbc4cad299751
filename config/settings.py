"""Django's settings. Values that differ between machines come from config.env."""

import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import env
from config.local_secrets import secret_key
from config.logs import log_lines

ENV = env.read()
SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
BASE = Path(__file__).resolve().parent.parent

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key or secret_key.kept_in(ENV.home)
ALLOWED_HOSTS = list(ENV.hosts)
CSRF_TRUSTED_ORIGINS = list(ENV.origins)

INSTALLED_APPS = [
    "config",
    "collection",
    "similarity",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.serving.compression.CompressPages",
    "config.serving.middleware.PrivatePages",
    "config.serving.middleware.RefuseLargeBodies",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.request_log.RequestLog",  # below WhiteNoise: static files have no lines
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.visitor_language.ChooseLanguage",
    "django.middleware.common.CommonMiddleware",
    "similarity.image_query.early_refusal.RefuseFrequentSearches",  # above CSRF, which reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.serving.middleware.NameActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "collection.views.merged_addresses.FollowMerges",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "similarity.context.weights_notice",
                "config.appearance.showing.context",
            ],
        },
    }
]

# Without DATABASE_URL, manage.py has started the local stack before this line and has set both addresses.
DATABASE = dj_database_url.parse(ENV.database_url or "postgresql:///kindred", conn_health_checks=True)
POOL = {"min_size": 0, "max_size": 8, "timeout": 10}
DATABASES = {"default": {**DATABASE, "OPTIONS": {**DATABASE.get("OPTIONS", {}), "pool": POOL}}}
REDIS_URL = ENV.redis_url or "redis://localhost:6379/0"

# Limits that all processes share are in the database, as it is never away while the site works. See migration 0008.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # with the usual 300, invented addresses would push the limits out
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # counts tries before a password is hashed
    "allauth.account.auth_backends.AuthenticationBackend",
]
AXES_HANDLER = "config.accounts.lockout.Lockout"
AXES_LOCKOUT_CALLABLE = "config.accounts.lockout.refusal"
AXES_CLIENT_IP_CALLABLE = "collection.clients.network_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
ACCOUNT_ADAPTER = "config.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "config.accounts.sign_in_forms.SignInForm",
    "change_password": "config.accounts.sign_in_forms.ChangePasswordForm",
    "reset_password": "config.accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "config.accounts.sign_in_forms.ResetPasswordKeyForm",
}
# That of allauth stores each address that an account had.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_RATE_LIMITS = {
    "login": None,  # it counts by address alone, so an attacker could keep out everybody at a shared address
    "login_failed": None,  # config.accounts.lockout counts them
    "change_password": "5/m/user,20/h/user",
    "reset_password": "3/m/ip,20/d/ip,3/h/key",
}

# The language of a page is the visitor's choice, or else the first that the browser accepts, or else LANGUAGE_CODE.
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = ENV.language
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE / "staticfiles"
STATICFILES_DIRS = [BASE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.serving.static_files.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

MEDIA_ROOT = ENV.media or ENV.home / "media"

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.email_url else 'console'}.EmailBackend"
EMAIL = urlsplit(ENV.email_url or "smtp://localhost")
EMAIL_HOST, EMAIL_PORT = EMAIL.hostname or "localhost", EMAIL.port or SMTP_PORTS[EMAIL.scheme]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(EMAIL.username or ""), unquote(EMAIL.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = EMAIL.scheme == "smtps", EMAIL.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10  # seconds that a request may wait for the mail server
DEFAULT_FROM_EMAIL = ENV.email_from
# Elsewhere people other than the owner of an account may read the log of `web`, where a link would be.
KINDRED_SENDS_LINKS = bool(ENV.email_url) or DEBUG or ENV.is_on_local_sockets

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_SSL_REDIRECT = ENV.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
# HSTS for subdomains and browsers' preload lists would also bind other sites of the museum: it decides that itself.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The limit on a body without its files. Files larger than 2.5 MiB are written to disk as they arrive.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 200

LOGGING = log_lines.config(ENV.logs)
log_lines.configure()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # config.logs.request_log names the client
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_FAILURE_LOG_LEVEL = logging.ERROR
if ENV.sentry_dsn:
    from config.logs import errors_to_sentry

    errors_to_sentry.start(ENV.sentry_dsn)

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "queue_order_strategy": "priority",  # in the order of a worker's -Q: searches of visitors before the backlog
}
CELERY_TASK_ROUTES = {
    "similarity.tasks.answer_next": {"queue": "search"},
    "similarity.tasks.embed_picture": {"queue": "search"},
    "similarity.tasks.explain_pair": {"queue": "search"},
    "similarity.tasks.embed_pending": {"queue": "embed"},
    "similarity.tasks.plan_requests": {"queue": "embed"},
    "similarity.tasks.measure_when_idle": {"queue": "embed"},
    "similarity.tasks.build_overview": {"queue": "flag"},  # after derivatives, as a stage may be long
    "similarity.tasks.flag_pending": {"queue": "flag"},  # after derivatives, as it may be long
    "*.sweep": {"queue": "sweep"},  # before other jobs, which may be long
    "*.repair": {"queue": "sweep"},
    "collection.tasks.make_pyramids": {"queue": "flag"},
    "collection.tasks.read_palettes": {"queue": "flag"},
    "collection.tasks.make_avif": {"queue": "flag"},
    "collection.tasks.check_files": {"queue": "flag"},  # after all other work
    "collection.tasks.clean_orphans": {"queue": "flag"},
    "config.tasks.*": {"queue": "work"},
    "collection.tasks.*": {"queue": "work"},
    "similarity.tasks.*": {"queue": "work"},
}
CELERY_BEAT_SCHEDULER = "config.monitoring.heartbeat_writers:Scheduler"
REPAIR_S, HOUR_S, DAY_S = 600, 3600, 86_400
CHECK_FILES_S = 300  # collection.jobs.file_checks computes the size of a slice from it
CELERY_BEAT_SCHEDULE = {
    f"{room} {verb}": {"task": f"{room}.tasks.{verb}", "schedule": every_s, "options": {"expires": every_s}}
    for room in ("collection", "similarity")
    for verb, every_s in (("sweep", ENV.sweep_s), ("repair", REPAIR_S))
} | {
    "collection check files": {
        "task": "collection.tasks.check_files",
        "schedule": CHECK_FILES_S,
        "options": {"expires": CHECK_FILES_S},
    },
    "collection clean orphans": {
        "task": "collection.tasks.clean_orphans",
        "schedule": crontab(minute="17"),  # each hour of the day cleans a share of the folders
        "options": {"expires": 3600},
    },
    "forget clients": {
        "task": "collection.tasks.forget_clients",
        "schedule": DAY_S,
        "options": {"expires": DAY_S},
    },
    "forget tries": {
        "task": "config.tasks.forget_tries",
        "schedule": HOUR_S,
        "options": {"expires": HOUR_S},
    },
}

KINDRED_HOME = ENV.home
KINDRED_WEIGHTS = ENV.weights
KINDRED_BACKBONE = ENV.backbone
KINDRED_BATCH_SIZE = ENV.batch_size
KINDRED_LEASE_S = ENV.lease_s
KINDRED_PICTURE_SERVER = ENV.picture_server
# With a proxy, the last address in X-Forwarded-For is the one that the proxy added. Otherwise it is not trusted.
KINDRED_BEHIND_PROXY = ENV.https or ENV.picture_server == "nginx"
KINDRED_UPLOAD_LIMIT_MIB = ENV.upload_limit_mib
KINDRED_PIXEL_LIMIT_MP = ENV.pixel_limit_mp
KINDRED_SIDE_RATIO_LIMIT = ENV.side_ratio_limit
KINDRED_SEARCH_LIMIT_MIB = ENV.search_limit_mib
KINDRED_CHECK_DAYS = ENV.check_days
KINDRED_SEARCH_LANGUAGES = ENV.search_languages
KINDRED_HIDE_COPIES = ENV.hide_copies
KINDRED_FEATURES_MIB = ENV.features_mib
KINDRED_TILES_MIB = ENV.tiles_mib
KINDRED_REVIEWERS_PER_PAIR = ENV.reviewers_per_pair
KINDRED_ORPHAN_DAYS = ENV.orphan_days
KINDRED_METRICS_TOKEN = ENV.metrics_token
KINDRED_DISK_MIN_MIB = ENV.disk_min_mib
