"""A real nginx with docker/nginx.conf sends the pictures that the site names, with the headers of the site."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.config import nginx_site

NAME = "tiles/ab/cd/abcd/17-4096,3001,0,0,512,512,512,512.jpg"
HEADERS = {
    "Content-Type": "image/jpeg",
    "Cache-Control": "public, max-age=300",
    "ETag": '"abcd-17"',
    "Access-Control-Allow-Origin": "*",
    "Link": '<https://art.example/iiif/3/1/0,0,512,512/max/0/default.jpg>;rel="canonical"',
    "X-Content-Type-Options": "nosniff",
}


class Site(BaseHTTPRequestHandler):
    """Names a tile of a visible picture, and answers 404 for another one."""

    def do_GET(self) -> None:
        is_visible = "/iiif/3/1/" in self.path
        self.send_response(200 if is_visible else 404)
        for name, value in HEADERS.items() if is_visible else ():
            self.send_header(name, value)
        if is_visible:
            self.send_header("X-Accel-Redirect", f"/_media/{NAME}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def test_the_proxy_sends_a_kept_tile_with_the_headers_of_the_site_and_only_if_the_site_names_it(tmp_path: Path):
    tile = tmp_path / "pictures" / NAME
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"a tile")

    with nginx_site.proxied(Site, tmp_path) as client:
        shown = client.get("/iiif/3/1/0,0,512,512/max/0/default.jpg")
        hidden = client.get("/iiif/3/2/0,0,512,512/max/0/default.jpg")
        direct = client.get(f"/_media/{NAME}")

    assert (shown.status_code, shown.content) == (200, b"a tile")
    assert {name: shown.headers[name] for name in HEADERS} == HEADERS
    assert (hidden.status_code, direct.status_code) == (404, 404)
