"""Wait for the stack to answer, and say what a person can do with it."""

from __future__ import annotations

import time
from typing import Final

import urllib3

from dev.environment import StackError

TOKEN: Final = "demo-token-prov001"  # noqa: S105 - known to everybody, for DEBUG only
SUPPLIER: Final = "PROV001"
EXAMPLE: Final = "fixtures/plantilla_productos_ejemplo.xlsx"
UPLOAD_PATH: Final = f"/api/v1/catalog/items/bulk-upload?proveedor_id={SUPPLIER}"


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def wait_until_ready(port: int, seconds: float = 60) -> None:
    """Return when `/health/ready` answers 200. Raises `StackError` with what it said last."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = urllib3.request("GET", f"{address(port)}/health/ready", timeout=5, retries=False)
        except urllib3.exceptions.HTTPError:
            said = f"nothing answers on port {port}"
        else:
            if answer.status == 200:
                return
            said = f"/health/ready answers {answer.status}: {answer.data.decode('utf-8', 'replace')[:300]}"
        if time.monotonic() > deadline:
            raise StackError(f"after {seconds:g} s {said}.")
        time.sleep(0.2)


def announcement(port: int) -> str:
    """What a new user wants to know first. The curl line works from the project's folder."""
    return f"""
MediSupply is ready
  Admin      {address(port)}/admin/   user admin, password admin
  Suppliers  the same address, or the API:
             proveedor / proveedor (PROV001, API token {TOKEN})
             proveedor2 / proveedor2 (PROV002, API token demo-token-prov002)

Upload the example catalogue, in another terminal and from the project's folder:

  {curl_line(port)}

and ask how it went, with the task_id of the answer:

  curl -H 'Authorization: Token {TOKEN}' {address(port)}/api/catalog/bulk-upload/status/TASK_ID
"""


def curl_line(port: int) -> str:
    return f"curl -H 'Authorization: Token {TOKEN}' -F file=@{EXAMPLE} '{address(port)}{UPLOAD_PATH}'"
