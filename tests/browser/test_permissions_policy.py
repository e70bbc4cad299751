"""The site denies its pages only features that the browser supports. It would log a warning for an unknown one."""

from playwright.sync_api import Page


def test_the_browser_knows_every_refused_feature(page: Page):
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))

    answer = page.goto("/healthz")

    assert "camera=()" in answer.headers["permissions-policy"]
    assert [line for line in lines if "Permissions-Policy" in line] == []
