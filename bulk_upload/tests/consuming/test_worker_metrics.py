"""What a worker tells Prometheus, at a port of its own."""

from __future__ import annotations

import random
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bulk_upload.models import BulkUpload, WorkerHeartbeat
from bulk_upload.tests.helpers.log_lines import logged
from bulk_upload.tests.helpers.processes import free_port, supervised, wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.scraping import TOKEN, ask, scrape
from dev.environment import is_free
from medisupply.metrics import worker_server
from medisupply.metrics.declared import WORKER
from medisupply.metrics.metric_types import Count

pytestmark = pytest.mark.django_db(transaction=True)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def listening(pid):
    """How many sockets of a process listen."""
    opened = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            opened.add(str(file.readlink()))
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(f"socket:[{line[9]}]" in opened for line in lines if line[3] == "0A")


@pytest.fixture
def answered(settings):
    """The port of a worker's server, within this process."""
    settings.METRICS_TOKEN, settings.METRICS_PORT = TOKEN, free_port()
    server = worker_server.start()
    yield settings.METRICS_PORT
    server.shutdown()
    server.server_close()


class TestServer:
    def test_all_that_a_worker_counts_is_there_before_it_happens(self, answered):
        figures = scrape(answered)
        for metric in WORKER:
            end = "_total" if isinstance(metric, Count) else "_count"
            for values in metric.known:
                pairs = sorted(zip(metric.labels, values, strict=True))
                labels = ",".join(f'{label}="{value}"' for label, value in pairs)
                assert metric.name + end + (f"{{{labels}}}" if labels else "") in figures

    def test_its_memory_and_cpu_time_are_there(self, answered):
        assert {"process_resident_memory_bytes", "process_cpu_seconds_total"} <= set(scrape(answered))

    @pytest.mark.parametrize("token", [None, "", "otro-secreto-largo"])
    def test_whoever_does_not_send_the_token_is_refused(self, answered, token):
        assert ask(answered, token) == (401, "")

    @pytest.mark.parametrize("path", ["/", "/metrics/x", "/favicon.ico"])
    def test_it_has_one_page(self, answered, path):
        assert ask(answered, path=path)[0] == 404

    def test_a_client_that_drips_is_cut_off_and_the_next_one_answered(self, answered, monkeypatch):
        monkeypatch.setattr(worker_server, "CLIENT_SECONDS", 0.5)
        with socket.create_connection(("127.0.0.1", answered), timeout=20) as drip:
            drip.sendall(b"GET /metrics HTTP/1.1\r\nAuthorization: Bea")
            assert ask(answered)[0] == 200
            assert drip.recv(100) == b""

    def test_a_port_that_is_taken_costs_the_metrics_and_nothing_else(self, answered, caplog):
        assert worker_server.start() is None
        (line,) = logged(caplog, "The metrics of this worker are not served")
        assert (line["port"], "Address already in use" in str(line["error"])) == (answered, True)


@pytest.mark.processes
class TestProcess:
    def test_a_worker_listens_only_where_it_has_a_port(self, aws):
        for variables, expected in (({}, 0), ({"METRICS_PORT": free_port()}, 1)):
            with worker_process(METRICS_TOKEN=TOKEN, **variables) as worker:
                wait_for(WorkerHeartbeat.objects.exists)
                assert listening(worker.pid) == expected
            WorkerHeartbeat.objects.all().delete()

    def test_workers_of_one_host_answer_at_ports_one_after_another(self, aws):
        # Below the ports that the system gives to connections.
        candidates = random.sample(range(15_000, 31_000), 100)
        base = next(port for port in candidates if is_free(port) and is_free(port + 1))
        with supervised(2, METRICS_TOKEN=TOKEN, METRICS_PORT=base):
            wait_for(lambda: listens(base) and listens(base + 1))
            memory = [scrape(port)["process_start_time_seconds"] for port in (base, base + 1)]
            assert [abs(time.time() - start) < 60 for start in memory] == [True, True]

    def test_a_worker_whose_port_is_taken_imports_all_the_same(self, accept):
        upload = accept(csv_bytes([row(1)]))
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with worker_process("--max-messages", "1", METRICS_TOKEN=TOKEN, METRICS_PORT=port) as worker:
                assert worker.wait(30) == 0
        assert BulkUpload.objects.get(pk=upload.pk).status == "completed"
