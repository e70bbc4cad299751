"""The browser knows every feature that the site refuses to its pages. It warns of an unknown one on each page."""

from playwright.sync_api import Page


def test_the_browser_knows_every_refused_feature(page: Page):
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))

    answer = page.goto("/healthz")

    assert "camera=()" in answer.headers["permissions-policy"]
    assert [line for line in lines if "Permissions-Policy" in line] == []
