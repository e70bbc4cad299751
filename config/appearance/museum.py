"""The values of an appearance that templates use."""

from dataclasses import dataclass

from django.urls import reverse

from collection.models import DEFAULT_NAME, Appearance, Logo
from config.appearance import stylesheet

LONG_NAME_CHARS, LONG_TITLE_CHARS, LONG_TEXT_CHARS = 24, 40, 160  # longer texts have smaller letters
ICON_RATIO = 1.25  # most long side : short side of a logo that is also the icon


@dataclass(frozen=True)
class ShownLogo:
    url: str
    width_px: int
    height_px: int

    @property
    def is_icon(self) -> bool:
        return max(self.width_px, self.height_px) <= ICON_RATIO * min(self.width_px, self.height_px)


@dataclass(frozen=True)
class Museum:
    """The look of a page. An empty text means the default text."""

    name: str = DEFAULT_NAME
    is_own: bool = False  # True if the name is the museum's, not that of the software
    home_title: str = ""
    home_text: str = ""
    footer_line: str = ""
    logo: ShownLogo | None = None
    logo_dark: ShownLogo | None = None
    logo_has_name: bool = False
    stylesheet_url: str = ""
    fonts: tuple[str, ...] = (stylesheet.SERIF, stylesheet.SANS)
    is_draft: bool = False
    pk: int | None = None
    changed_at: str = ""  # in ISO format

    @property
    def has_long_name(self) -> bool:
        return len(self.name) > LONG_NAME_CHARS

    @property
    def has_long_title(self) -> bool:
        return len(self.home_title) > LONG_TITLE_CHARS

    @property
    def has_long_text(self) -> bool:
        return len(self.home_text) > LONG_TEXT_CHARS


DEFAULT = Museum()


def museum_of(appearance: Appearance | None) -> Museum:
    if appearance is None:
        return DEFAULT
    css = stylesheet.css(appearance)
    return Museum(
        name=appearance.shown_name,
        is_own=bool(appearance.name),
        home_title=appearance.home_title,
        home_text=appearance.home_text,
        footer_line=appearance.footer_line,
        logo=shown(appearance.logo),
        logo_dark=shown(appearance.logo_dark) if appearance.logo else None,
        logo_has_name=appearance.logo_has_name,
        stylesheet_url=reverse("appearance-css", args=[appearance.pk, stylesheet.digest(css)]) if css else "",
        fonts=stylesheet.fonts(appearance),
        is_draft=appearance.state == Appearance.State.DRAFT,
        pk=appearance.pk,
        changed_at=appearance.changed_at.isoformat(),
    )


def shown(logo: Logo | None) -> ShownLogo | None:
    if logo is None:
        return None
    return ShownLogo(reverse("appearance-logo", args=[logo.sha256]), logo.width_px, logo.height_px)
