"""Lighthouse, axe and html-validate, as npm packages of fixed versions in a folder of the cache."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# chrome-launcher's own list, which this one replaces, and the parts of Chromium's window that are pages themselves:
# they take a second of both cores while a page loads.
DISABLED = (
    "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,CalculateNativeWinOcclusion,AutofillServerCommunication,"
    "InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,PrivacySandboxSettings4,RenderDocument,"
    "InitialWebUI,WebUIReloadButton,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
)
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
FLAGS += f" --disable-features={DISABLED}"
RUNS = 3  # of Lighthouse for each page and device; the one with the median performance counts
PATIENCE_S = 180
TRIES = 3  # a browser that starts on a busy machine sometimes does not answer Lighthouse

Scores = dict[str, int]


class Run(NamedTuple):
    scores: Scores
    machine: float  # Lighthouse's benchmark index: how fast the machine was in this run


def install(folder: Path) -> None:
    """Install the packages of package.json, unless the folder has them. Needs Node.js and npm."""
    wanted = (HERE / "package.json").read_text()
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "node_modules").is_dir() and (folder / "package.json").read_text() == wanted:
        return
    (folder / "package.json").write_text(wanted)
    subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"], cwd=folder, check=True)


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("There is no Chromium on this machine (Debian: apt-get install chromium).")
    return found


def lighthouse(folder: Path, url: str, *, is_mobile: bool) -> Run:
    """Return Lighthouse's scores from 0 to 100 by category, with its simulated throttling: the median run of RUNS.

    Whether a page may be listed by search engines is left out: several pages ask not to be, as they are of a choice.
    """
    runs = [one_run(folder, url, is_mobile=is_mobile) for _ in range(RUNS)]
    return sorted(runs, key=lambda run: run.scores["performance"])[RUNS // 2]


def one_run(folder: Path, url: str, *, is_mobile: bool) -> Run:
    command = [str(folder / "node_modules/.bin/lighthouse"), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}", "--skip-audits=is-crawlable"]
    command += [] if is_mobile else ["--preset=desktop"]
    environment = os.environ | {"CHROME_PATH": chromium()}
    for _ in range(TRIES):
        done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_S, check=False)
        if done.returncode == 0:
            break
    else:
        raise SystemExit(f"Lighthouse failed on {url}: {done.stderr.decode()[-500:]}")
    result = json.loads(done.stdout)
    categories = result["categories"]
    scores = {name: round(100 * (categories[name]["score"] or 0)) for name in CATEGORIES}
    return Run(scores, result["environment"]["benchmarkIndex"])


def html_errors(folder: Path, pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Return html-validate's errors by the name of a page, without those of style.

    pages: the HTML source by the name of the page.
    """
    with tempfile.TemporaryDirectory(prefix="kindred-quality-") as name:
        sources = Path(name)
        files = {sources / f"{number}.html": page for number, page in enumerate(pages)}
        for file, page in files.items():
            file.write_text(pages[page])
        command = [str(folder / "node_modules/.bin/html-validate"), "--formatter", "json"]
        command += ["--config", str(HERE / "htmlvalidate.json"), *map(str, files)]
        answer = sources / "answer.json"  # a pipe would lose all that follows its first 64 KiB
        with answer.open("wb") as output:
            subprocess.run(command, stdout=output, timeout=PATIENCE_S, check=False)  # exits with 1 for errors
        reports: list[dict[str, Any]] = json.loads(answer.read_bytes())
    found = {files[Path(report["filePath"])]: report["messages"] for report in reports}
    return {page: [f"{one['ruleId']}: {one['message']}" for one in found.get(page, [])] for page in pages}


def axe_violations(folder: Path, site: str, paths: Mapping[str, str]) -> dict[str, list[str]]:
    """Return axe's violations of any impact by the name of a page, at 390 and 1280 px, light and dark."""
    from playwright.sync_api import sync_playwright

    script = (folder / "node_modules/axe-core/axe.min.js").read_text()
    found: dict[str, list[str]] = {name: [] for name in paths}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split()[1:])
        for width_px in (390, 1280):
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    base_url=site,
                    viewport={"width": width_px, "height": 900},
                    color_scheme="dark" if scheme == "dark" else "light",
                    bypass_csp=True,  # axe is put into the page
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name, path in paths.items():
                    page.goto(path)
                    page.wait_for_load_state("networkidle")
                    page.evaluate(script)
                    violations = page.evaluate("axe.run().then(result => result.violations)")
                    found[name] += [f"{width_px} px, {scheme}: {one['id']}" for one in violations]
                context.close()
        browser.close()
    return found
