"""Debian's nginx before a running site, with the configuration of production; for tests."""

from __future__ import annotations

import os
import secrets
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import urllib3
from django.conf import settings

from bulk_upload.tests.helpers.processes import free_ports, wait_for
from bulk_upload.tests.helpers.servers import answers, program

CONFIGURATION: Final = settings.BASE_DIR / "deploy" / "nginx" / "medisupply.conf"
HOST: Final = "medisupply.example"
# A site for it: what `.env.example` has for the same.
PRODUCTION: Final = {
    "DEBUG": "false",
    "ALLOWED_HOSTS": HOST,
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": secrets.token_urlsafe(50),
}
# What Debian's own nginx.conf gives to the file, with every folder in one place.
AROUND: Final = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/medisupply.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """A running nginx: its ports, and the folder with its certificate and its logs."""

    folder: Path
    http: int
    https: int

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.folder / "fullchain.pem")

    def connect(self, address: str = "127.0.0.1") -> ssl.SSLSocket:
        """A connection over TLS from one of this machine's addresses."""
        plain = socket.create_connection(("127.0.0.1", self.https), 30, (address, 0))
        return self.tls.wrap_socket(plain, server_hostname=HOST)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, address: str = "127.0.0.1", **more: Any
    ) -> urllib3.BaseHTTPResponse:
        """A request over TLS, of the name that the certificate has."""
        with urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            self.https,
            timeout=60,
            retries=False,
            source_address=(address, 0),
            ca_certs=str(self.folder / "fullchain.pem"),
            assert_hostname=HOST,
            server_hostname=HOST,
        ) as pool:
            return pool.request(method, path, headers={"Host": HOST, **(headers or {})}, redirect=False, **more)


@contextmanager
def nginx(
    folder: Path, upstream: int, configuration: Path = CONFIGURATION, places: Mapping[str, Path] | None = None
) -> Iterator[Front]:
    """nginx before the site at the port `upstream`: only ports, paths and certificate are not those of production.

    `places` says where the paths of an installation are; without it, here, with a certificate made for the test.
    """
    path = program("nginx")
    front = Front(folder, *free_ports(2))
    if places is None:
        make_certificate(folder)
        places = {"/etc/ssl/medisupply/": folder, "/opt/medisupply/": settings.BASE_DIR}
    user = "user root root;" if os.geteuid() == 0 else ""
    text = adapted(configuration.read_text("utf-8"), front, upstream, places)
    (folder / "medisupply.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    command = [path, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command)
    try:
        wait_for(lambda: answers(front.https) or process.poll() is not None)
        assert process.poll() is None, (folder / "error.log").read_text()
        yield front
    finally:
        process.terminate()
        process.wait(15)


def adapted(text: str, front: Front, upstream: int, places: Mapping[str, Path]) -> str:
    """The file of production with what an operator adapts, and what a test has to."""
    changes = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
        "listen 80;": f"listen 127.0.0.1:{front.http};",
        "    listen [::]:80;\n": "",
        "listen 443 ssl": f"listen 127.0.0.1:{front.https} ssl",
        "    listen [::]:443 ssl http2;\n": "",
        "/var/log/nginx/": f"{front.folder}/",
        **{installed: f"{place}/" for installed, place in places.items()},
    }
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the configuration of nginx"
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path) -> None:
    """A certificate that says itself who it is, as in `docs/operacion.md`."""
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
