"""Settings from the environment: a laptop needs none, production is refused when one is missing or unsafe."""

import secrets
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

VERSION = "0.1.0"
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("LUNGSTUDY_MODE", "embedded")
if MODE not in ("embedded", "production"):
    raise ImproperlyConfigured(f"LUNGSTUDY_MODE is {MODE!r}; set it to 'embedded' or 'production'.")
EMBEDDED = MODE == "embedded"
VAR = Path(env.str("LUNGSTUDY_VAR", str(BASE_DIR / "var")))


def needed(name: str, why: str) -> str:
    """A setting that production cannot do without."""
    value: str = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {why} See docs/production.md.")
    return value


def embedded_secret_key() -> str:
    """A key of this machine's own, made on the first start and kept."""
    path = VAR / "secret_key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text().strip()


DEBUG = False
if EMBEDDED:
    SECRET_KEY = env.str("LUNGSTUDY_SECRET_KEY", "") or embedded_secret_key()
    BASE_URL = env.str("LUNGSTUDY_BASE_URL", "http://127.0.0.1:8000")
    ALLOWED_HOSTS = env.list("LUNGSTUDY_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
    DATABASE_URL = env.str("LUNGSTUDY_DATABASE_URL", "")
    BROKER_URL = env.str("LUNGSTUDY_BROKER_URL", "")
else:
    SECRET_KEY = needed("LUNGSTUDY_SECRET_KEY", "Make one with: openssl rand -base64 48.")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("LUNGSTUDY_SECRET_KEY is too short. Make one with: openssl rand -base64 48.")
    BASE_URL = needed("LUNGSTUDY_BASE_URL", "It is the https address that people open.")
    if not BASE_URL.startswith("https://"):
        raise ImproperlyConfigured("LUNGSTUDY_BASE_URL must start with https:// in production.")
    needed("LUNGSTUDY_ALLOWED_HOSTS", "Name the hosts this site answers to, separated by commas.")
    ALLOWED_HOSTS = env.list("LUNGSTUDY_ALLOWED_HOSTS")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("LUNGSTUDY_ALLOWED_HOSTS may not hold '*' in production; name the hosts.")
    DATABASE_URL = needed("LUNGSTUDY_DATABASE_URL", "Production stores readings in Postgres.")
    BROKER_URL = needed("LUNGSTUDY_BROKER_URL", "Production wakes its workers through Redis.")
    if not DATABASE_URL.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("LUNGSTUDY_DATABASE_URL must be a postgres:// address in production.")
    if not BROKER_URL.startswith(("redis://", "rediss://")):
        raise ImproperlyConfigured("LUNGSTUDY_BROKER_URL must be a redis:// address in production.")

INSTALLED_APPS = [
    "lungstudy.site",
    "reader",
    "generation",
    "lungstudy.library",
    "lungstudy.accounts",
    "lungstudy.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lungstudy.accounts.middleware.UserTimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lungstudy.site.middleware.DemonstrationOverMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "lungstudy.urls"
WSGI_APPLICATION = "lungstudy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lungstudy.site.context.site",
            ],
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
        },
    }
]
TEMPLATES[0].pop("APP_DIRS")

# --- Stores -------------------------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    # IMMEDIATE and a long timeout let eight readers write at once; FULL keeps an acknowledged verdict
    # through a power cut.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
    ),
}
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "lungstudy.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": VAR / "test.sqlite3"},
        }
    }
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

S3_BUCKET = env.str("LUNGSTUDY_S3_BUCKET", "")
if S3_BUCKET:
    IMAGE_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("LUNGSTUDY_S3_ENDPOINT", "") or None,
            "region_name": env.str("LUNGSTUDY_S3_REGION", "") or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
else:
    IMAGE_STORAGE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "media", "base_url": None},
    }
STORAGES = {
    "default": IMAGE_STORAGE,
    "staticfiles": {"BACKEND": "lungstudy.site.static_files.HashedStaticFiles"},
}
# nginx serves stored files itself when it is told where they are; empty streams them through Django.
ACCEL_PREFIX = "" if S3_BUCKET else env.str("LUNGSTUDY_ACCEL_PREFIX", "")
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "lungstudy" / "static"]
UPLOADS = VAR / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = env.str("LUNGSTUDY_UPLOAD_TEMP", "") or None

# --- People -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "lungstudy.accounts.backends.PeopleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "site:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False

# --- Security -----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "lungstudy.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lungstudy.site.views.errors.stale_form"
if not EMBEDDED:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [BASE_URL]
    # Else one visitor's wrong passwords would lock a name for everybody; only here is the header nginx's own word.
    AXES_CLIENT_IP_CALLABLE = "lungstudy.accounts.client_address.client_address"

# --- Time and words -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

# --- Workers ------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = BROKER_URL or "filesystem://"
if not BROKER_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker"),
        "data_folder_out": str(VAR / "broker"),
        "control_folder": str(VAR / "broker-control"),
        "polling_interval": 0.1,
    }
else:
    # Above the longest task: a shorter one makes Redis deliver a running task again.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "generation.tasks.run_job": {"queue": "generate"},
    "generation.tasks.run_download": {"queue": "generate"},
    "generation.tasks.train": {"queue": "train"},
    "generation.tasks.experiment": {"queue": "train"},
    "generation.tasks.measure_quality": {"queue": "generate"},
    "generation.tasks.make_masks": {"queue": "generate"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "wake-waiting-imports": {"task": "lungstudy.library.tasks.wake_waiting_imports", "schedule": 10.0},
    "wake-waiting-downloads": {"task": "generation.tasks.wake_waiting_downloads", "schedule": 10.0},
    "wake-waiting-trainings": {"task": "generation.tasks.wake_waiting_trainings", "schedule": 10.0},
    "wake-waiting-experiments": {"task": "generation.tasks.wake_waiting_experiments", "schedule": 10.0},
    "wake-waiting-jobs": {"task": "generation.tasks.wake_waiting_jobs", "schedule": 10.0},
    "wake-waiting-mask-runs": {"task": "generation.tasks.wake_waiting_mask_runs", "schedule": 10.0},
    "wake-waiting-quality-runs": {"task": "generation.tasks.wake_waiting_quality_runs", "schedule": 10.0},
    "wake-waiting-sealings": {"task": "reader.tasks.wake_waiting_sealings", "schedule": 10.0},
    "delete-studies-past-retention": {"task": "reader.tasks.delete_studies_past_retention", "schedule": 6 * 3600.0},
}
LEASE_SECONDS = env.int("LUNGSTUDY_LEASE_SECONDS", 60)
ALLOW_DOWNLOADS = env.bool("LUNGSTUDY_ALLOW_DOWNLOADS", False)
# Weights of a chest X-ray net in safetensors, on the workers' machines, for measuring quality (docs/quality.md).
XRAY_NET = env.str("LUNGSTUDY_XRAY_NET", "")
STARTER_MODEL = BASE_DIR / "generation" / "starter"
# Copies of adapters on the worker's own disk, and how much memory loaded models may fill together.
WORKER_CACHE = VAR / "models" / "adapters"
# Images drawn at once. Part of every recipe, so it is one number for the whole site: with another one the same seed
# gives an image that differs in a few grey levels.
BATCH_SHAPE = env.int("LUNGSTUDY_BATCH_SHAPE", 8)
# A training is kept this often, or less where keeping it takes long; 0: after every step.
CHECKPOINT_SECONDS = env.float("LUNGSTUDY_CHECKPOINT_SECONDS", 30)
MODEL_MEMORY_MB = env.int("LUNGSTUDY_MODEL_MEMORY_MB", 0)  # 0: one model at a time
# "gpu": a worker without a card says so, instead of drawing for hours on its processor.
DEVICE = env.str("LUNGSTUDY_DEVICE", "any")
if DEVICE not in ("any", "gpu"):
    raise ImproperlyConfigured(f"LUNGSTUDY_DEVICE is {DEVICE!r}; set it to 'any' or 'gpu'.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LUNGSTUDY_LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}},
}
