"""What the embedded stack gives to its programs."""

import socket
from pathlib import Path

import pytest

from dev.environment import (
    LONGEST_SOCKET_PATH,
    PROJECT,
    StackError,
    check_can_start,
    is_free,
    prepare_folders,
    stack_environment,
    used_ports,
)


def environment(**given):
    return stack_environment({"PATH": "/bin", "RUN_DIR": "/somewhere/run", **given})


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_without_any_variable_it_is_port_8000_and_the_projects_own_folder():
    env = stack_environment({})
    assert env["PORT"] == "8000"
    assert env["RUN_DIR"] == str(PROJECT / "run")


def test_valkey_and_s3_with_sqs_take_the_next_two_ports():
    env = environment(PORT="18100")
    assert used_ports(env) == {18100: "web", 18101: "Valkey", 18102: "S3 and SQS"}
    assert env["REDIS_URL"] == "redis://127.0.0.1:18101/0"
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:18102"


@pytest.mark.parametrize(
    ("variable", "value", "switch"),
    [
        ("REDIS_URL", "redis://cache:6379/0", "START_VALKEY"),
        ("AWS_ENDPOINT_URL", "http://aws:5000", "START_LOCAL_AWS"),
    ],
)
def test_a_service_that_is_given_is_used_and_not_started(variable, value, switch):
    env = environment(**{variable: value})
    assert env[variable] == value
    assert env[switch] == "false"
    assert len(used_ports(env)) == 2


def test_a_database_that_is_given_is_used():
    assert environment(DATABASE_URL="postgres://db/x")["DATABASE_URL"] == "postgres://db/x"


def test_a_services_own_credentials_are_kept_with_it():
    env = environment(AWS_ENDPOINT_URL="http://aws:5000", AWS_ACCESS_KEY_ID="mine", SQS_QUEUE_URL="http://aws:5000/1/q")
    assert (env["AWS_ACCESS_KEY_ID"], env["SQS_QUEUE_URL"]) == ("mine", "http://aws:5000/1/q")


def test_nothing_of_a_real_aws_account_reaches_the_embedded_one():
    env = environment(
        AWS_PROFILE="production",
        AWS_SESSION_TOKEN="secret",
        AWS_ENDPOINT_URL_S3="https://s3.amazonaws.com",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true",
        AWS_DEFAULT_REGION="sa-east-1",
        SQS_QUEUE_URL="https://sqs.sa-east-1.amazonaws.com/1/q",
    )
    assert {name: value for name, value in env.items() if name.startswith(("AWS_", "SQS_"))} == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:8002",
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "SQS_QUEUE_URL": "",
    }


def test_the_database_is_found_in_a_folder_with_an_awkward_name():
    import environ

    env = environment(RUN_DIR="/some where/más+#1?;x")
    parsed = environ.Env.db_url_config(env["DATABASE_URL"])
    assert parsed["NAME"] == "/some where/más+#1?;x/medisupply.sqlite3"


def test_debug_is_on_whatever_the_environment_says():
    assert environment(DEBUG="false")["DEBUG"] == "true"


def test_a_proxy_is_not_asked_for_this_machine():
    assert environment(NO_PROXY="intranet")["NO_PROXY"] == "intranet,127.0.0.1,localhost"


@pytest.mark.parametrize("port", ["0", "65534", "-1", "http", "80a", "٨٠٠٠٠٠"])
def test_a_port_that_is_none_is_refused_in_words(port):
    with pytest.raises(StackError, match="PORT must be a number from 1 to 65533"):
        environment(PORT=port)


@pytest.mark.parametrize("name", ["/var/100%", '/var/a"b'])
def test_a_folder_whose_name_supervisor_would_misread_is_refused_in_words(name):
    with pytest.raises(StackError, match="cannot be used: supervisor would misread"):
        environment(RUN_DIR=name)


def test_a_deep_folder_still_gets_a_short_socket_path():
    deep = "/" + "/".join(["a-rather-long-name"] * 10)
    one, other = environment(RUN_DIR=deep)["STACK_SOCKET"], environment(RUN_DIR=deep + "2")["STACK_SOCKET"]
    assert len(one) <= LONGEST_SOCKET_PATH
    assert one != other
    assert environment(RUN_DIR="/short")["STACK_SOCKET"] == "/short/supervisor.sock"


def test_a_taken_port_is_named_with_the_way_out(taken_port):
    env = environment(PORT=str(taken_port), RUN_DIR="/nowhere")
    with pytest.raises(StackError, match=rf"Port {taken_port} \(web\) is taken .* make run PORT="):
        check_can_start(env)


def test_the_port_of_a_part_that_is_not_started_may_be_taken(taken_port):
    if not (is_free(taken_port - 1) and is_free(taken_port + 1)):
        pytest.skip("the neighbours are taken")
    check_can_start(environment(PORT=str(taken_port - 1), REDIS_URL="redis://elsewhere/0"))


def test_a_second_copy_in_the_same_folder_is_refused(tmp_path):
    env = environment(RUN_DIR=str(tmp_path))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(env["STACK_SOCKET"])
        server.listen()
        with pytest.raises(StackError, match=r"A copy is running in .* make run PORT=18100 RUN_DIR=run2"):
            check_can_start(env)


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path):
    first, second = environment(RUN_DIR=str(tmp_path)), environment(RUN_DIR=str(tmp_path))
    prepare_folders(first)
    prepare_folders(second)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_temporary_files_of_the_last_run_are_removed_and_the_rest_stays(tmp_path):
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "left.xlsx").touch()
    (tmp_path / "medisupply.sqlite3").touch()
    prepare_folders(environment(RUN_DIR=str(tmp_path)))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert (tmp_path / "medisupply.sqlite3").exists()


def test_every_file_is_below_the_run_folder(tmp_path):
    env = environment(RUN_DIR=str(tmp_path))
    for name in ("TMPDIR", "BULK_UPLOAD_TEMP_DIR", "STACK_SOCKET"):
        assert Path(env[name]).is_relative_to(tmp_path)
