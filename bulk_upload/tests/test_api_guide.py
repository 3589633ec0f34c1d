"""The examples of the page for programmers (docs/integracion.md) run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from openpyxl import load_workbook
from rest_framework.authtoken.models import Token

from bulk_upload.models import BulkUpload
from bulk_upload.tests.conftest import csv_bytes, row
from bulk_upload.tests.processes import worker_process
from bulk_upload.tests.serving import served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]

GUIDE = settings.BASE_DIR / "docs" / "integracion.md"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: its examples were not run")

# What a browser has and node has not, as far as the example needs it.
XHR = """
class XMLHttpRequest {
  upload = {}; headers = {};
  open(method, url) { Object.assign(this, { method, url }); }
  setRequestHeader(name, value) { this.headers[name] = value; }
  async send(body) {
    this.upload.onprogress({ lengthComputable: true, loaded: 1, total: 2 });
    const answer = await fetch(this.url, { method: this.method, headers: this.headers, body });
    Object.assign(this, { status: answer.status, response: await answer.json() });
    this.onload();
  }
}
"""
CALL = """
const file = new File([await (await import("node:fs/promises")).readFile("productos.csv")], "productos.csv");
const url = `${process.env.MEDISUPPLY}/items/bulk-upload`;
const seen = [];
const send = (token) => sendWithProgress(url, token, file, (share) => seen.push(share));
const accepted = await send(process.env.MEDISUPPLY_TOKEN);
const refused = await send("no").catch((error) => error.message);
console.log(JSON.stringify({ accepted, refused, seen }));
"""


def example(language):
    """The page's one example in `language`."""
    (code,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return code


@pytest.fixture
def run(user, tmp_path):
    """Runs a command in a folder with a file to send, beside a site and a worker."""
    (tmp_path / "productos.csv").write_bytes(csv_bytes([row(1), row(2, nombre=""), row(3)]))
    token = Token.objects.create(user=user).key

    def run(*command):
        with served() as port, worker_process(BULK_UPLOAD_WAIT_SECONDS=1):
            env = {**os.environ, "MEDISUPPLY": f"http://127.0.0.1:{port}/api/v1/catalog", "MEDISUPPLY_TOKEN": token}
            env |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
            done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=90)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_curl(run, tmp_path):
    run("bash", "-euo", "pipefail", "-c", example("bash"))
    assert json.loads((tmp_path / "estado.json").read_text())["result"]["resumen"]["exitosos"] == 2
    assert "required_blank" in (tmp_path / "errores.csv").read_text("utf-8-sig")


def test_python(run, tmp_path):
    said = run(sys.executable, "-c", example("python"))
    assert "100.0 %" in said
    assert "Fila 3: Campos obligatorios vacíos: nombre" in said
    assert load_workbook(tmp_path / "por_corregir.xlsx").active.max_row == 2


@needs_node
def test_javascript(run, tmp_path):
    (tmp_path / "ejemplo.mjs").write_text(example("javascript"))
    said = run(NODE, "ejemplo.mjs")
    assert "100 %" in said
    assert "completed" in said
    assert BulkUpload.objects.get().exitosos == 2


@needs_node
def test_javascript_of_a_browser_that_shows_the_transfer(run, tmp_path):
    (tmp_path / "ejemplo.mjs").write_text(XHR + example("javascript browser") + CALL)
    said = json.loads(run(NODE, "ejemplo.mjs"))
    assert (said["accepted"]["status"], said["seen"]) == ("pending", [0.5, 0.5])
    assert said["refused"] == "Token inválido."


def test_what_the_page_says_of_limits_is_what_the_settings_say():
    text = " ".join(GUIDE.read_text("utf-8").split())
    example_env = (settings.BASE_DIR / ".env.example").read_text("utf-8")
    for name, number in re.findall(r"^API_THROTTLE_(\w+)=(\d+)/min$", example_env, re.MULTILINE):
        assert f"{number} " in text.partition("**Límites.**")[2].partition("**")[0], name
