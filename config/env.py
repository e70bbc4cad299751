"""The settings of Kindred with types, defaults and meanings. Only this module reads or writes os.environ."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Words = Annotated[tuple[str, ...], NoDecode]  # "a, b" -> ("a", "b")

# The languages for which PostgreSQL 18 has stemmers.
LANGUAGES = {
    "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "estonian", "finnish", "french", "german",
    "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese",
    "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
}  # fmt: skip


class WrongSettingError(SystemExit):
    """Stop the program. The text names each wrong setting and the values it accepts."""


class Env(BaseSettings):
    """Settings from variables named KINDRED_*, and from DATABASE_URL and REDIS_URL."""

    model_config = SettingsConfigDict(env_prefix="KINDRED_", extra="ignore", populate_by_name=True)

    home: Path = Field(Path("var"), description="folder of the local stack: database, Redis, pictures")
    database_url: str | None = Field(
        None, validation_alias="DATABASE_URL", pattern=r"^postgres(ql)?://",
        description="a PostgreSQL address such as postgresql://user:password@host:5432/name",
    )  # fmt: skip
    redis_url: str | None = Field(
        None, validation_alias="REDIS_URL", pattern=r"^(rediss?|unix)://",
        description="a Redis address such as redis://host:6379/0",
    )  # fmt: skip
    debug: bool = Field(False, description="true or false")
    secret_key: str | None = Field(None, min_length=32, description="a secret of 32 characters or more")
    hosts: Words = Field(("localhost", "127.0.0.1", "[::1]"), description="host names, separated by commas")
    origins: Words = Field((), description="origins such as https://art.example.org, separated by commas")
    https: bool = Field(False, description="true where the site is served over HTTPS")
    media: Path | None = Field(None, description="folder of the pictures (default: media in KINDRED_HOME)")
    picture_server: Literal["django", "nginx"] = Field(
        "django", description="django, or nginx where a proxy sends files named in X-Accel-Redirect"
    )

    email_url: str | None = Field(
        None, pattern=r"^smtp(s|\+tls)?://([^@/]+@)?[^@/:]+(:\d+)?/?$",
        description="a mail server such as smtp+tls://user:password@mail.example.org:587 (smtps:// or smtp://)",
    )  # fmt: skip
    email_from: str = Field("kindred@localhost", pattern=r"@", description="the sender's address of e-mails")
    logs: Literal["json", "text"] = Field("text", description="json or text")
    sentry_dsn: str | None = Field(None, pattern=r"^https?://", description="the DSN of a Sentry project")

    weights: Path | None = Field(None, description="a .pth or .safetensors file in torchvision's layout")
    backbone: str = Field(
        "vgg16+mobilenet_v2", pattern=r"^[a-z0-9_]+(\+[a-z0-9_]+)?$",
        description="a supported network, or two joined by +",
    )  # fmt: skip
    upload_limit_mib: int = Field(50, ge=1, le=2048, description="a whole number of MiB from 1 to 2048")
    pixel_limit_mp: int = Field(200, ge=1, le=2000, description="a whole number of megapixels from 1 to 2000")
    side_ratio_limit: int = Field(100, ge=2, description="longest side : shortest side, 2 or more")
    search_limit_mib: int = Field(20, ge=1, le=200, description="a whole number of MiB from 1 to 200")
    language: Literal["en-gb", "de"] = Field("en-gb", description="en-gb or de")
    search_languages: Words = Field(
        ("english",), max_length=5,
        description="up to five languages of PostgreSQL such as english,german,french, separated by commas",
    )  # fmt: skip
    hide_copies: bool = Field(True, description="true or false")
    features_mib: int = Field(4096, ge=0, le=1_048_576, description="a whole number of MiB, 0 or more")
    tiles_mib: int = Field(4096, ge=0, le=1_048_576, description="a whole number of MiB, 0 or more")
    reviewers_per_pair: int = Field(1, ge=1, le=2, description="1 or 2")
    lease_s: int = Field(120, ge=1, description="seconds a worker may hold a picture, 1 or more")
    sweep_s: int = Field(15, ge=1, description="seconds between two sweeps, 1 or more")
    check_days: int = Field(30, ge=1, le=3650, description="a whole number of days from 1 to 3650")
    orphan_days: int = Field(30, ge=1, le=3650, description="a whole number of days from 1 to 3650")
    disk_min_mib: int = Field(1024, ge=0, description="a whole number of MiB, 0 or more")
    metrics_token: str | None = Field(None, min_length=16, description="a secret of 16 characters or more")
    batch_size: int | None = Field(None, ge=1, le=1024, description="pictures per pass, 1 to 1024")

    @field_validator("hosts", "origins", "search_languages", mode="before")
    @classmethod
    def split_words(cls, value: object) -> object:
        return tuple(w.strip() for w in value.split(",") if w.strip()) if isinstance(value, str) else value

    @field_validator("search_languages")
    @classmethod
    def check_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(value) - LANGUAGES:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return tuple(dict.fromkeys(value))

    @field_validator("home", "media", "weights")
    @classmethod
    def make_absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @property
    def uses_local_stack(self) -> bool:
        """Return True if a server is not named, so the local one under `home` is used."""
        return self.database_url is None or self.redis_url is None

    @property
    def is_on_local_sockets(self) -> bool:
        """Return True if both servers are on sockets of this machine, as `config.local` starts them for one person."""
        database, redis = self.database_url or "postgresql://postgres@%2F", self.redis_url or "unix://"
        return database.startswith("postgresql://postgres@%2F") and redis.startswith("unix://")


def read() -> Env:
    """Return the settings of this process. Raise WrongSettingError, with a line for each wrong value."""
    try:
        return Env()
    except ValidationError as error:
        raise WrongSettingError("\n".join(explain(dict(e)) for e in error.errors())) from None


def explain(error: Mapping[str, Any]) -> str:
    name = str(error["loc"][0])
    field = Env.model_fields.get(name)
    variable = name if field is None else f"KINDRED_{name.upper()}"
    field = field or next(f for f in Env.model_fields.values() if f.validation_alias == name)
    return f"{variable} is {error['input']!r}; it should be {field.description}."


def export(**variables: str) -> None:
    """Set variables for this process and its children, such as the addresses of a local stack."""
    os.environ.update(variables)


def inherited(**variables: str) -> dict[str, str]:
    """Return the environment of this process for a child, with some variables changed."""
    return {**os.environ, **variables}
