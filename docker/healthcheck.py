"""Exit code 0 where the web server of this container answers at /healthz, else 1 with the reason."""

import http.client
import sys
from http import HTTPStatus

from config import env

PORT = 8000
TIMEOUT_S = 4


def main(port: int = PORT) -> str | None:
    """What is wrong, or None. Asks under a name the site goes by: it answers to no other."""
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        web.request("GET", "/healthz", headers={"Host": name_of_site(env.read().hosts)})
        status = web.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    finally:
        web.close()
    return None if status == HTTPStatus.OK else f"answered {status}"


def name_of_site(hosts: tuple[str, ...]) -> str:
    """Django's ALLOWED_HOSTS may also hold ".example.org" (with all subdomains) and "*"."""
    first = hosts[0] if hosts else "localhost"
    return "localhost" if first == "*" else first.removeprefix(".")


if __name__ == "__main__":
    sys.exit(main())
