"""Every text of a template is marked for translation: no other language can show a text that is not."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
PAGES_AND_MAILS = {".html", ".txt"}
FILES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.*")
    if path.suffix in PAGES_AND_MAILS and path.name != "robots.txt"  # which nobody reads
)
READ_ALOUD = {"alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext", "placeholder", "title"}
# The same in every language: names, and units.
NAMES = re.compile(
    r"\b(Kindred|Deutsch|English|API|CSV|JSON|IIIF|VGG16|OpenAPI|CPU|GPU|SHA-256|SIFT|PCA|HNSW|JPEG|PNG|WebP|AVIF|TIFF|px|MiB|GiB|ms|Cohen)\b"
)
WORD = re.compile(r"[^\W\d_]{2,}")
LITERAL = re.compile(r'(_\()?"([^"]*)"')  # in a tag
LITERAL_TEXT = re.compile(r'[^"]*\w \w|[A-Z]')  # two words, or one that begins with a capital
WITHOUT_TEXTS = {"load", "static", "extends", "translate", "trans", "blocktranslate", "if", "elif", "url", "comment"}


class Texts(HTMLParser):
    """Collect the texts of a page, and the attributes that screen readers read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "code", "kbd"}:
            self.silent = tag
        values = dict(attrs)
        is_read = READ_ALOUD | ({"content"} if values.get("name") == "description" else set())
        self.found += [value for name, value in attrs if name in is_read and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def unmarked(source: str, *, is_html: bool) -> list[str]:
    """Return the texts outside {% translate %} and {% blocktranslate %}, and plural endings in templates."""
    outside, literals, is_marked = [], [], False
    for token in Lexer(source).tokenize():
        name = token.split_contents()[0] if token.token_type == TokenType.BLOCK else ""
        if name in {"blocktranslate", "comment"}:
            is_marked = True
        elif name in {"endblocktranslate", "endcomment"}:
            is_marked = False
        elif not is_marked:
            outside.append(placeholder(token))
            literals += texts_in(token, name)
    if not is_html:
        return literals + [text for text in outside if is_text(text)]
    page = Texts()
    page.feed("".join(outside).replace("<\0", "<x").replace("</\0", "</x"))  # a variable may be the name of a tag
    page.close()
    return literals + [" ".join(text.split()) for text in page.found if is_text(text)]


def placeholder(token: Token) -> str:
    """Return the text of a token, and for others what separates texts."""
    if token.token_type == TokenType.TEXT:
        return token.contents
    return "\0" if token.token_type == TokenType.VAR else " "


def texts_in(token: Token, name: str) -> list[str]:
    if token.token_type not in {TokenType.VAR, TokenType.BLOCK} or name in WITHOUT_TEXTS:
        return []
    literals = [text for mark, text in LITERAL.findall(token.contents) if not mark]
    found = [text for text in literals if LITERAL_TEXT.match(text) and is_text(text)]
    return found + (["pluralize"] if "|pluralize" in token.contents else [])


def is_text(text: str) -> bool:
    return WORD.search(NAMES.sub("", text)) is not None


@pytest.mark.parametrize("name", FILES)
def test_texts_of_a_template_are_marked(name: str) -> None:
    found = unmarked((TEMPLATES / name).read_text(), is_html=name.endswith(".html"))

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>A text</p>",
        "<p>{{ count }} works</p>",
        '<img alt="A picture">',
        '<input placeholder="Search">',
        '<meta name="description" content="A site">',
        '{{ name|default:"Unknown maker" }}',
        "{{ count|pluralize }}",
        '{% include "a.html" with title="A title" %}',
        "{% blocktranslate %}Marked{% endblocktranslate %} and not",
    ],
)
def test_an_unmarked_text_is_found(source: str) -> None:
    assert unmarked(source, is_html=True) != []


@pytest.mark.parametrize(
    "source",
    [
        '<p class="a text">{% translate "A text" %}</p>',
        "<p>{% blocktranslate trimmed count counter=count %}one{% plural %}many{% endblocktranslate %}</p>",
        '{{ name|default:_("Unknown maker") }}',
        '{% if field == "A" %}{% endif %}',
        "<script>const text = 1</script><p>12 px</p>",
    ],
)
def test_a_marked_text_is_not_found(source: str) -> None:
    assert unmarked(source, is_html=True) == []
