"""The container's health check: `python -m deploy.healthcheck [PATH]` leaves with 0 when the web answers 200.

That includes a system that is degraded: to restart or take away the web would not help it. What is degraded is printed.
The image has no curl; the standard library alone, so that a check costs little.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request

PORT = 8000


def main() -> int:
    path = sys.argv[1] if len(sys.argv) > 1 else "/health/ready"
    # Without a proxy: the web is in this container.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{PORT}{path}", timeout=4) as answer:
            body = answer.read(2000).decode("utf-8", "replace")
            if "degraded" in json.loads(body).get("status", ""):
                print(f"{path} answers {body}")
            return 0 if answer.status == 200 else 1
    except urllib.error.HTTPError as error:
        print(f"{path} answers {error.code}: {error.read(500).decode('utf-8', 'replace')}")
    except (OSError, ValueError) as error:
        print(f"{path} does not answer: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
