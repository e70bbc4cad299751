"""The addresses of public pages on a running site, one for each type of page."""

import re
import time
import urllib.request
from urllib.parse import urljoin

PATIENCE_S = 60


def addresses(site: str) -> dict[str, str]:
    """Return the address of each type of page. Works, groups and collections are those that the site links to."""
    browse = html(site, "/browse/")
    first, second = first_numbers(browse, r"/works/(\d+)/", 2)
    (group,) = first_numbers(html(site, "/groups/"), r"/groups/(\d+)/", 1)
    collection = re.search(r'href="(/collections/[\w-]+/)"', html(site, "/"))
    if collection is None:
        raise SystemExit(f"{site} shows no collection.")
    return {
        "Home": "/",
        "Browse": "/browse/",
        "Browse, with filters": "/browse/?q=a&from=1500&to=1900",
        "A collection": collection[1],
        "A work": f"/works/{first}/",
        "Similar works": f"/works/{first}/similar/",
        "Least similar works": f"/works/{first}/dissimilar/",
        "Why two works are similar": f"/works/{first}/why/{second}/",
        "A work among similar works": f"/works/{first}/around/",
        "Two works compared": f"/works/{first}/compare/{second}/",
        "Search by picture": "/search/picture/",
        "Groups": "/groups/",
        "A group": f"/groups/{group}/",
        "Map": "/map/",
        "Map, as a list": "/map/?as=list",
        "Paths": "/paths/",
        "A path": f"/paths/{first}/{second}/",
        "Outliers": "/outliers/",
        "Favourites": f"/favourites/?works={first},{second}",
        "A trail": f"/trail/?works={first},{second}",
        "Sign in": "/login/",
    }


def first_numbers(page: str, pattern: str, count: int) -> list[str]:
    found = list(dict.fromkeys(re.findall(pattern, page)))[:count]
    if len(found) < count:
        raise SystemExit(f"The site has too few pages like {pattern}. Wait until its works are ready.")
    return found


def finished_html(site: str, path: str) -> str:
    """Return the HTML of a page. If a worker still computes a part of it, wait, because the browser would too."""
    for _ in range(PATIENCE_S):
        page = html(site, path)
        if 'hx-trigger="load delay' not in page:
            return page
        time.sleep(1)
    raise SystemExit(f"{path} was not ready within {PATIENCE_S} s. Does an embedding worker run?")


def html(site: str, path: str, language: str = "en") -> str:
    request = urllib.request.Request(urljoin(site, path), headers={"Accept-Language": language})  # noqa: S310 - given
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text
