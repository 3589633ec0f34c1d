"""The examples of the page for programmers (docs/integracion.md) run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import uuid

import pytest
from django.conf import settings
from django.test import override_settings
from openpyxl import Workbook, load_workbook
from rest_framework.authtoken.models import Token

from bulk_upload import queue
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import served
from catalog.models import Category, Product, StockLot, Warehouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

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


@pytest.fixture(scope="module")
def port(django_db_setup, _aws):
    """A site and a worker with a queue of their own, for all tests: to start them takes longer than any test."""
    name = f"test-{uuid.uuid4()}.fifo"
    with override_settings(SQS_QUEUE_NAME=name):
        queue.ensure_queues()
    with served(SQS_QUEUE_NAME=name) as port, worker_process(SQS_QUEUE_NAME=name, BULK_UPLOAD_WAIT_SECONDS=1):
        yield port


@pytest.fixture
def site(port, user, tmp_path):
    """Runs commands in a folder with two files to send."""
    (tmp_path / "productos.csv").write_bytes(csv_bytes([row(1), row(2, nombre=""), row(3)]))
    (tmp_path / "otros; productos.csv").write_bytes(csv_bytes([row(4), row(5)]))
    token = Token.objects.create(user=user).key

    def run(*command, **variables):
        env = {**os.environ, "MEDISUPPLY": f"http://127.0.0.1:{port}/api/v1/catalog", "MEDISUPPLY_TOKEN": token}
        env |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **variables}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=90)

    yield run
    # The worker goes on: it must have nothing left of this test.
    wait_for(lambda: not BulkUpload.objects.unfinished().exists())


@pytest.fixture
def run(site):
    """Runs a command that succeeds; gives what it printed."""

    def run(*command):
        done = site(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def script(tmp_path):
    """The curl example in its file, exactly as printed."""
    (tmp_path / "enviar.sh").write_text(example("bash"))
    return "enviar.sh"


def test_curl(run, script, tmp_path):
    said = run("bash", script, "productos.csv")
    assert json.loads(said)["exitosos"] == 2
    assert json.loads((tmp_path / "estado.json").read_text())["status"] == "completed"
    assert "required_blank" in (tmp_path / "errores.csv").read_text("utf-8-sig")


def test_curl_sends_a_second_file_and_the_first_one_again(run, script):
    for name in ("productos.csv", "otros; productos.csv", "productos.csv"):
        run("bash", script, name)
    uploads = BulkUpload.objects.order_by("number")
    assert [upload.filename for upload in uploads] == ["productos.csv", "otros; productos.csv", "productos.csv"]
    assert [upload.exitosos for upload in uploads] == [2, 2, 2]


@pytest.mark.parametrize(
    ("name", "variables", "sentence"),
    [
        ("productos.csv", {"MEDISUPPLY_TOKEN": "no"}, "Token inválido."),
        ("vacio.csv", {}, "está vacío"),
        ("falta.csv", {}, "curl"),
        ("productos.csv", {"MEDISUPPLY": "http://127.0.0.1:9/api/v1/catalog"}, "curl"),
    ],
)
def test_curl_ends_with_a_sentence_at_an_error(site, script, tmp_path, name, variables, sentence):
    (tmp_path / "vacio.csv").write_bytes(b"")
    done = site("bash", script, name, **variables)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert BulkUpload.objects.count() == 0


def test_curl_ends_when_the_import_fails(site, script, tmp_path):
    (tmp_path / "sin.csv").write_bytes(b"a,b\n1,2\n")
    done = site("bash", script, "sin.csv")
    assert (done.returncode, BulkUpload.objects.get().status) == (1, "failed")
    assert done.stderr == f'"error":"{json.loads((tmp_path / "estado.json").read_text())["error"]}"\n'


def test_python(run, tmp_path):
    said = run(sys.executable, "-c", example("python"))
    assert "100.0 %" in said
    assert "Fila 3: Campos obligatorios vacíos: nombre" in said
    assert load_workbook(tmp_path / "por_corregir.xlsx").active.max_row == 2
    (tmp_path / "productos.csv").write_bytes(csv_bytes([row(4)]))
    run(sys.executable, "-c", example("python"))
    assert [upload.exitosos for upload in BulkUpload.objects.order_by("number")] == [2, 1]


def test_python_ends_with_a_sentence_at_an_error(site):
    done = site(sys.executable, "-c", example("python"), MEDISUPPLY_TOKEN="no")
    assert (done.returncode, done.stderr.strip()) == (1, "Token inválido.")


def test_python_ends_with_the_reason_when_the_import_fails(site, tmp_path):
    (tmp_path / "productos.csv").write_bytes(b"a,b\n1,2\n")
    done = site(sys.executable, "-c", example("python"))
    assert (done.returncode, BulkUpload.objects.get().status) == (1, "failed")
    assert "No se encontró una fila de encabezados" in done.stderr


@needs_node
def test_javascript_says_why_the_import_failed(run, tmp_path):
    (tmp_path / "ejemplo.mjs").write_text(example("javascript"))
    (tmp_path / "productos.csv").write_bytes(b"a,b\n1,2\n")
    assert "failed No se encontró una fila de encabezados" in run(NODE, "ejemplo.mjs")


@needs_node
def test_javascript(run, tmp_path):
    (tmp_path / "ejemplo.mjs").write_text(example("javascript"))
    said = run(NODE, "ejemplo.mjs")
    assert "100 %" in said
    assert "completed" in said
    (tmp_path / "productos.csv").write_bytes(csv_bytes([row(4)]))
    run(NODE, "ejemplo.mjs")
    assert [upload.exitosos for upload in BulkUpload.objects.order_by("number")] == [2, 1]


@needs_node
def test_javascript_ends_with_a_sentence_at_an_error(site, tmp_path):
    (tmp_path / "ejemplo.mjs").write_text(example("javascript"))
    done = site(NODE, "ejemplo.mjs", MEDISUPPLY_TOKEN="no")
    assert done.returncode != 0
    assert "Token inválido." in done.stderr


@needs_node
def test_javascript_of_a_browser_that_shows_the_transfer(run, tmp_path):
    (tmp_path / "ejemplo.mjs").write_text(XHR + example("javascript browser") + CALL)
    said = json.loads(run(NODE, "ejemplo.mjs"))
    assert (said["accepted"]["status"], said["seen"]) == ("pending", [0.5, 0.5])
    assert said["refused"] == "Token inválido."


def test_curl_of_what_is_in_store(run, supplier):
    warehouse = Warehouse.objects.create(codigo="BOG_CENTRAL", nombre="Bogotá", pais="CO")
    category = Category.objects.create(nombre="GUANTES")
    values = {**row(1), "categoria": category, "requiere_lote": True, "requiere_vencimiento": False}
    product = Product.objects.create(**values, proveedor=supplier)
    for lot, units in (("L1", 15), ("L2", 0)):
        StockLot.objects.create(producto=product, bodega=warehouse, lote=lot, cantidad=units)
    items = json.loads(run("bash", "-c", example("bash existencias")))["items"]
    assert [(item["producto_id"], item["lote"], item["estado_stock"]) for item in items] == [
        ("PROD00001", "L1", "BAJO")
    ]


def test_curl_of_a_file_with_other_headers(run, tmp_path):
    """Only accepted: what a mapping does to the rows is seen elsewhere."""
    book = Workbook()
    book.active.append(["Cód. Art.", "Obs"])
    book.save(tmp_path / "lista.xlsx")
    accepted = json.loads(run("bash", "-c", example("bash correspondencia")))
    assert BulkUpload.objects.get(pk=accepted["task_id"]).mapping == {"columnas": {"Cód. Art.": "codigo", "Obs": None}}


def test_curl_of_where_a_price_comes_from(run, supplier, run_import):
    run_import([row(7), row(1, id="PROD001")])
    (first,) = json.loads(run("bash", "-c", example("bash historia")))["items"]
    assert (first["filename"], first["fila"], first["accion"]) == ("a.csv", 3, "created")


def test_what_the_page_says_of_limits_is_what_the_settings_say():
    text = " ".join(GUIDE.read_text("utf-8").split())
    example_env = (settings.BASE_DIR / ".env.example").read_text("utf-8")
    for name, number in re.findall(r"^API_THROTTLE_(\w+)=(\d+)/min$", example_env, re.MULTILINE):
        assert f"{number} " in text.partition("**Límites.**")[2].partition("**")[0], name
