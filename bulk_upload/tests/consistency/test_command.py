"""What the command prints, how much of it, and with what it leaves."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError

from bulk_upload.tests.helpers.processes import environment, free_port
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db


def test_fifty_lines_of_a_kind_are_printed_unless_all_are_asked_for(accept, check, age, new_queue):
    for number in range(53):
        accept(csv_bytes([row(number)]))
    new_queue()
    age()
    status, lines = check()
    assert (status, len(lines)) == (1, 52)
    assert lines[-2:] == ["Cargas sin mensaje: 53, en la lista: 50", "Diferencias que quedan: 53"]
    assert len(check("--all")[1]) == 55
    assert check("--repair")[1][-2:] == [
        "Cargas sin mensaje: 53, reparado: 53, en la lista: 50",
        "Todo lo que difería se reparó.",
    ]


def test_a_database_that_is_away_is_said():
    away = environment(DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/nothing")
    command = [sys.executable, "manage.py", "check_consistency", "--repair"]
    done = subprocess.run(command, env=away, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert lines[0].startswith("[registros] No se pudo mirar hasta el final: La base de datos no responde (")
    assert lines[-1] == "No todo se pudo mirar."
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("days", ["0", "-1", "siete", "٧"])
def test_a_number_of_days_that_is_none_is_refused_in_words(check, days):
    with pytest.raises(CommandError, match="no es un número de días: escriba 1 o más"):
        check(f"--days={days}")
