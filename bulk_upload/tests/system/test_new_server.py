"""The steps for a new server in docs/operacion.md, followed as they stand there.

What only root does with a machine (packages, the user, systemd) is noted and not done; the services then run as plain
processes, from the units that the steps have copied. All else is real: the clone, the packages, the database of a
role without rights, nginx, curl.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import uuid
from contextlib import ExitStack

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from bulk_upload.tests.helpers.new_server import NewServer
from bulk_upload.tests.helpers.nginx import nginx
from bulk_upload.tests.helpers.processes import wait_for
from bulk_upload.tests.helpers.servers import program
from bulk_upload.tests.helpers.systemd import running, stop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="production has PostgreSQL"),
]

PAGE = (settings.BASE_DIR / "docs" / "operacion.md").read_text("utf-8")
CHAPTER = PAGE.partition("\n## Un servidor nuevo\n")[2].partition("\n## ")[0]
# Heading → its commands.
STEPS = {
    part.partition("\n")[0]: "".join(re.findall(r"```bash\n(.*?)```", part, re.DOTALL))
    for part in CHAPTER.split("\n### ")[1:]
}
VALUES, *INSTALL, CHECK = [commands for heading, commands in STEPS.items() if heading[0].isdigit()]
RELEASE = STEPS["Una versión nueva"]
(ROLE,) = re.findall(r"```sql\n(.*?)```", CHAPTER, re.DOTALL)
DOMAIN = "cargas.medisupply.test"
UNITS = ["medisupply-web.service", "medisupply-worker@.service"]


@pytest.fixture
def database():
    """The address of an empty database, made as the page says, with the name of its owner."""
    name, db = f"servidor_{uuid.uuid4().hex[:8]}", connection.settings_dict
    statements = [line for line in ROLE.replace("medisupply", name).splitlines() if line]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        yield f"postgres://{name}:clave@{db['HOST']}:{db['PORT']}/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        cursor.execute(f"DROP ROLE {name}")


@pytest.fixture
def server(tmp_path, database):
    repository = tmp_path / "medisupply.git"
    cloned = subprocess.run(["git", "clone", "-q", "--bare", str(settings.BASE_DIR), str(repository)], check=False)
    if cloned.returncode:
        pytest.skip("the git history is not here")
    # Whichever branch or commit is checked out here.
    for words in (["branch", "-f", "publicada", "HEAD"], ["symbolic-ref", "HEAD", "refs/heads/publicada"]):
        subprocess.run(["git", "-C", str(repository), *words], check=True)
    values = {
        "REPOSITORIO": str(repository),
        "DOMINIO": DOMAIN,
        "DATABASE_URL": database,
        "REDIS_URL": settings.REDIS_URL,
        **{name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")},
        "AWS_ENDPOINT_URL": settings.AWS_ENDPOINT_URL,
        "S3_BUCKET_NAME": f"servidor-{uuid.uuid4().hex[:8]}",
    }
    assert list(values) == re.findall(r"^(\w+)=", VALUES, re.MULTILINE)
    return NewServer(tmp_path / "raiz", values)


def test_the_page_leads_to_an_imported_file(server, database, tmp_path):
    for needed in ("nginx", "curl", "openssl"):
        program(needed)
    said = server.run("".join(INSTALL), given="una-clave-larga\n")
    assert "Superuser created successfully." in said
    assert "System check identified no issues" in said
    assert {path.name for path in server.at("/etc/systemd/system").glob("medisupply*.service")} >= set(UNITS)
    with ExitStack() as stack:
        places = {path: server.at(path) for path in ("/opt/medisupply", "/var/cache/medisupply")}
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        more = [{"listener": listener}, {}]
        processes = [
            stack.enter_context(running(unit, places, server.env, folder=server.at("/etc/systemd/system"), **options))
            for unit, options in zip(UNITS, more, strict=True)
        ]
        configuration = server.at("/etc/nginx/conf.d/medisupply.conf")
        files = {path: server.at(path) for path in ("/etc/ssl/medisupply/", "/opt/medisupply/")}
        folder = tmp_path / "nginx"
        folder.mkdir()
        front = stack.enter_context(nginx(folder, listener.getsockname()[1], configuration, files))
        port = f"$DOMINIO:{front.https}"
        answers = server.run(CHECK.replace("$DOMINIO:443", port).replace("https://$DOMINIO", f"https://{port}"))
        assert '"message":"Archivo recibido y encolado para procesamiento"' in answers
        with psycopg.connect(database, autocommit=True) as other:

            def imported():
                return other.execute("SELECT status, creados FROM bulk_upload_bulkupload").fetchall()

            wait_for(lambda: imported() == [("completed", 10)])
        server.run(RELEASE)
        assert [stop(unit, process) for unit, process in zip(UNITS, processes, strict=True)] == [0, 0]
    named = {word for line in server.noted() for word in line.split() if line.startswith("systemctl")}
    units = {name.replace("@*", "@") for name in named if name.startswith("medisupply")}
    assert units == {"medisupply.target", *UNITS}
    assert all(server.at(f"/etc/systemd/system/{name}").exists() for name in units)
