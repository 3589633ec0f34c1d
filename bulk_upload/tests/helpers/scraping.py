"""What Prometheus does: asks a port for its metrics with the token, and reads the answer."""

from __future__ import annotations

from typing import Final

import urllib3
from prometheus_client.parser import text_string_to_metric_families

TOKEN: Final = "un-secreto-largo"

Samples = dict[str, float]


def ask(port: int, token: str | None = TOKEN, path: str = "/metrics", method: str = "GET") -> tuple[int, str]:
    """Status and body of the answer."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = urllib3.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, timeout=20, retries=False)
    return answer.status, answer.data.decode()


def scrape(port: int) -> Samples:
    """The metrics at a port, as `samples` gives them."""
    status, body = ask(port)
    assert status == 200, (status, body)
    return samples(body)


def samples(text: str) -> Samples:
    """``name{label="value"}`` → value, the labels in the order of their names."""
    return {
        sample.name + (f"{{{_labels(sample.labels)}}}" if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
