"""`make screenshots`: draw docs/img/*.png again, from a running system of its own.

Needs Chromium, LibreOffice Calc, Xvfb and netpbm (CHROMIUM, SOFFICE and so on name what is not on the PATH), and
says what is missing.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, ViewportSize, sync_playwright

from dev.announce import address
from dev.demo import own_stack
from dev.environment import PROJECT, StackError
from dev.variables import Tests, read
from medisupply.environment.variable import Variable

IMAGES: Final = PROJECT / "docs" / "img"
UPLOADS: Final = "/admin/bulk_upload/bulkupload/"
PROGRAMS: Final = ("chromium", "soffice", "Xvfb", "xwdtopnm", "pnmtopng")
DISPLAY: Final = ":77"
# LibreOffice says nowhere when it has drawn everything.
OFFICE_SECONDS: Final = 20
WINDOW: Final[ViewportSize] = {"width": 1180, "height": 760}
# Enough rows that the page can be caught on its way.
MANY_ROWS: Final = 60_000
IMPORT_MILLISECONDS: Final = 180_000
HEADER: Final = (
    *("id", "nombre", "codigo", "categoria", "presentacion", "precio_unitario", "certificado_sanitario"),
    *("condiciones_almacenamiento", "tiempo_entrega_dias", "stock_minimo", "stock_critico"),
)

ERP_LIST: Final = """Distribuciones Andinas;;;;;;;;
Lista de precios, febrero;;;;;;;;
Cód. Art.;Nombre;Código de barras;Categoría;Valor;Reg. San.;Condiciones de almacenamiento;Tiempo de entrega;Obs
DA-0001;Guantes de nitrilo talla M;7702001000011;GUANTES;1.250,50;INVIMA 2024DM-001;Lugar seco;5;
DA-0002;Jeringa desechable 5 ml;7702001000028;JERINGAS;340,00;INVIMA 2024DM-002;Lugar seco;5;nuevo
DA-0003;Gasa estéril 10 x 10 cm;7702001000035;CURACIÓN;95,00;INVIMA 2024DM-003;Lugar seco;3;
"""


def main() -> None:
    programs = {name: _program(name) for name in PROGRAMS}
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="medisupply-shots-") as name:
        folder = Path(name)
        run_dir = folder / "run"
        run_dir.mkdir()
        with own_stack(run_dir) as port, _browser_page(programs["chromium"], port) as page:
            _upload_page(page)
            _progress_page(page, folder)
            workbook = _result_page(page, folder)
            _plan_page(page, folder)
            _review_page(page, folder)
            _home_page(page, folder)
            _undo_page(page, folder)
        _workbook(workbook, folder, programs)
    print(f"Drawn: {', '.join(sorted(image.name for image in IMAGES.glob('*.png')))}")


def _program(name: str) -> str:
    named: Variable[str] = getattr(Tests, name.upper())
    path = shutil.which(read(named))
    if path is None:
        packages = "chromium chromium-l10n libreoffice-calc xvfb netpbm"
        raise StackError(f"{name} is missing (on Debian: apt-get install --no-install-recommends {packages}).")
    return path


@contextmanager
def _browser_page(chromium: str, port: int) -> Iterator[Page]:
    """A page of a supplier's clerk who has just signed in."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    options: dict[str, Any] = {"locale": "es", "viewport": WINDOW, "device_scale_factor": 1.5}
    # The words on the browser's own buttons follow the environment.
    env: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "es", "LANG": "es_ES.UTF-8"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--disable-gpu", "--lang=es", *sandbox], env=env
        )
        page = browser.new_page(base_url=address(port), **options)
        _sign_in(page, "proveedor")
        yield page
        browser.close()


def _sign_in(page: Page, name: str) -> None:
    """As one of the accounts for trying things out, whose password is its name."""
    page.context.clear_cookies()
    page.goto("/")
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    page.click("input[type=submit]")


def _upload_page(page: Page) -> None:
    page.goto(f"{UPLOADS}add/")
    page.select_option("#id_proveedor", "PROV001")
    page.set_input_files("#id_file", PROJECT / "fixtures" / "plantilla_productos_ejemplo.xlsx")
    _draw(page, "upload")


def _progress_page(page: Page, folder: Path) -> None:
    _send(page, _catalogue(folder / "catalogo_completo.csv", MANY_ROWS, bad_every=400))
    page.locator("#percent", has_text=re.compile(r"(5[789]|6\d) %")).wait_for(timeout=IMPORT_MILLISECONDS)
    _draw(page, "progress")
    page.wait_for_selector(".resultado", timeout=IMPORT_MILLISECONDS)


def _result_page(page: Page, folder: Path) -> Path:
    """Draws the result of a file with errors, and the page of its rejected rows; gives their workbook."""
    _send(page, _catalogue(folder / "productos_enero.csv", 120, bad_every=15, first=MANY_ROWS + 1))
    page.wait_for_selector(".resultado", timeout=IMPORT_MILLISECONDS)
    _draw(page, "result")
    page.click(".siguiente a.paso")
    page.wait_for_selector("#mend-form", timeout=IMPORT_MILLISECONDS)
    _draw(page, "mend")
    with page.expect_download() as download:
        page.click(".carga-botones a[href$='/correcciones/']")
    workbook = folder / "por_corregir.xlsx"
    download.value.save_as(workbook)
    return workbook


def _plan_page(page: Page, folder: Path) -> None:
    """What a price list would change of the file before."""
    prices = _catalogue(folder / "precios_febrero.csv", 12, bad_every=9, first=MANY_ROWS + 113, price=13_100)
    _send(page, prices, "#id_reemplazar_duplicados", "#id_solo_validar")
    page.wait_for_selector(".resultado", timeout=IMPORT_MILLISECONDS)
    _draw(page, "plan")


def _undo_page(page: Page, folder: Path) -> None:
    """What the undo of a price list would take back; one of its products has been changed since."""
    page.set_viewport_size(WINDOW)
    first = MANY_ROWS + 113
    prices = _catalogue(folder / "precios_marzo.csv", 12, bad_every=MANY_ROWS, first=first, price=13_500, new="SUTURAS")
    _send(page, prices, "#id_reemplazar_duplicados")
    page.wait_for_selector(".resultado", timeout=IMPORT_MILLISECONDS)
    upload = page.url
    _sign_in(page, "admin")
    page.goto(f"/admin/catalog/product/PROD{first:06d}/change/")
    page.fill("#id_nombre", "Jeringa desechable 5 ml, con aguja")
    page.click("input[name=_save]")
    page.goto(upload)
    page.click("a[href$='deshacer/']")
    _draw(page, "undo")


def _review_page(page: Page, folder: Path) -> None:
    """How the list of an ERP is understood, of whose headers only some are known."""
    path = folder / "lista_erp.csv"
    path.write_text(ERP_LIST, encoding="utf-8")
    _send(page, path, "#id_revisar")
    page.wait_for_selector(".revision-columnas")
    page.select_option("#id_columna-E", "precio_unitario")
    page.wait_for_selector("#id_decimal-E")
    _draw(page, "review")


def _home_page(page: Page, folder: Path) -> None:
    """The first page, with uploads of several outcomes."""
    wrong = folder / "encabezados.csv"
    wrong.write_text("id;nombre;codigo\n1;Gasa;G-1\n", encoding="utf-8")
    for file in (PROJECT / "fixtures" / "plantilla_productos_ejemplo.xlsx", wrong):
        _send(page, file)
        page.wait_for_selector(".resultado", timeout=IMPORT_MILLISECONDS)
    page.goto("/")
    _draw(page, "home")
    page.set_viewport_size({"width": 390, "height": 760})
    _draw(page, "home-phone")


def _workbook(workbook: Path, folder: Path, programs: dict[str, str]) -> None:
    """What LibreOffice shows of the workbook, on a screen that only exists in memory."""
    screen = [programs["Xvfb"], DISPLAY, "-screen", "0", "3300x440x24", "-fbdir", str(folder), "-nolisten", "tcp"]
    profile = f"-env:UserInstallation=file://{folder}/office"
    office = [programs["soffice"], profile, "--norestore", "--nologo", "--calc", str(workbook)]
    with _running(screen), _running(office, DISPLAY=DISPLAY):
        time.sleep(OFFICE_SECONDS)
        dump = folder / "Xvfb_screen0"
        pixels = subprocess.run([programs["xwdtopnm"], str(dump)], check=True, capture_output=True).stdout
    drawn = subprocess.run([programs["pnmtopng"]], input=pixels, check=True, capture_output=True).stdout
    (IMAGES / "corrections.png").write_bytes(drawn)


@contextmanager
def _running(command: list[str], **variables: str) -> Iterator[None]:
    """A program and whatever it starts, ended together."""
    env = {**os.environ, **variables}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=env, start_new_session=True, **quiet)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _send(page: Page, file: Path, *boxes: str) -> None:
    page.goto(f"{UPLOADS}add/")
    page.select_option("#id_proveedor", "PROV001")
    page.set_input_files("#id_file", file)
    for box in boxes:
        page.check(box)
    page.click(".submit-row input")
    page.wait_for_url(re.compile("/(change|revisar)/"))


def _draw(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png", full_page=True)


def _catalogue(path: Path, rows: int, *, bad_every: int, first: int = 1, price: int = 12_500, new: str = "") -> Path:
    """A catalogue of which every `bad_every`-th row has something wrong with it, and the last ones a `new` category."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for number in range(first, first + rows):
            wrong = number // bad_every if number % bad_every == 0 else None
            product = _product(number, wrong, price)
            if new and number >= first + rows - 3:
                product[3] = new
            writer.writerow(product)
    return path


NAMES: Final = (
    "Guantes de nitrilo talla M",
    "Jeringa desechable 5 ml",
    "Gasa estéril 10 × 10 cm",
    "Tapabocas tipo IIR",
)


def _product(number: int, wrong: int | None, price: int) -> list[str]:
    product = [
        f"PROD{number:06d}",
        NAMES[number % len(NAMES)],
        f"0077{number:09d}",
        ("PROTECCION PERSONAL", "DISPOSITIVOS", "CURACIONES", "PROTECCION PERSONAL")[number % 4],
        "Caja x 100 unidades",
        f"{price + number % 900},50",
        f"INVIMA 2024DM-{number:07d}",
        "Lugar seco, 15–30 °C",
        str(2 + number % 9),
        "20",
        "8",
    ]
    if wrong is not None:
        column, value = ((5, "doce mil"), (6, ""), (5, "1.250"), (8, "5 días"), (9, "-3"))[wrong % 5]
        product[column] = value
    return product


if __name__ == "__main__":
    try:
        main()
    except StackError as error:
        sys.exit(str(error))
