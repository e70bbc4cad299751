"""A real nginx with docker/nginx.conf in front of a small site."""

import contextlib
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.config.joining import ROOT

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
VALUES = {
    "NGINX_LOCAL_RESOLVERS": "127.0.0.1",
    "KINDRED_SEARCH_LIMIT_MIB": "20",
    "KINDRED_UPLOAD_LIMIT_MIB": "50",
    "TRUSTED_PROXY": "127.0.0.1",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def proxied(handler: type[BaseHTTPRequestHandler], folder: Path) -> Iterator[httpx.Client]:
    """Yield a client of nginx, which forwards to a site with this handler and trusts the reported client addresses.

    The pictures are in folder/pictures. Skip the test if nginx is not installed.
    """
    if NGINX is None:
        pytest.skip("nginx is not installed here")
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    port = free_port()
    text = re.sub(r"\$\{(\w+)\}", lambda name: VALUES[name[1]], (ROOT / "docker" / "nginx.conf").read_text())
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("http://web:8000", f"http://127.0.0.1:{site.server_port}")
    text = text.replace("/srv/pictures/", f"{folder}/pictures/")
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; events {{}}"
        f" http {{ access_log {folder}/requests;"
        f" client_body_temp_path {folder}/bodies; include {folder}/site.conf; }}"
    )
    nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")])
    transport = httpx.HTTPTransport(retries=10)  # until nginx listens
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
        yield client
    with contextlib.suppress(ProcessLookupError):
        nginx.kill()
    nginx.wait()
    site.shutdown()
    site.server_close()
