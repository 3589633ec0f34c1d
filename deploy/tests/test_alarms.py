"""The alarms over a system that runs: Prometheus asks gunicorn and a worker, and something goes wrong.

With the rules of `deploy/prometheus`, of which only the waiting times are short.
"""

import os
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bulk_upload import queue, storage
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import free_port, wait_for, worker_process
from bulk_upload.tests.helpers.prometheus import dashboard_queries, running
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.scraping import TOKEN, ask
from bulk_upload.tests.helpers.serving import served
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

# What has nothing to show here: node_exporter does not run, and no request fails.
EMPTY = ("node_filesystem", 'status=~"5.."')


class System:
    """A web whose way to SQS can be cut, one worker, and the Prometheus that watches them."""

    def __init__(self, parts, folder):
        """`parts` is an `ExitStack`, which stops all of them."""
        self._worker = parts.enter_context(ExitStack())
        self._worker_port = free_port()
        self.aws = parts.enter_context(TcpProxy(os.environ["AWS_ENDPOINT_URL"]))
        variables = {"METRICS_TOKEN": TOKEN, "AWS_ENDPOINT_URL": self.aws.url}
        self.web = parts.enter_context(served("--workers", "2", **variables))
        self.start_worker()
        targets = {"medisupply-web": [self.web], "medisupply-worker": [self._worker_port]}
        self.prometheus = parts.enter_context(running(folder, targets))

    def start_worker(self):
        # It must not publish again what a test lets wait.
        variables = {"METRICS_TOKEN": TOKEN, "METRICS_PORT": self._worker_port, "BULK_UPLOAD_SWEEP_SECONDS": 3600}
        self._process = self._worker.enter_context(worker_process(**variables))

    def stop_worker(self):
        self._process.terminate()
        assert self._process.wait(20) == 0
        self._worker.close()

    def wait_for_alarms(self, *names):
        """Until these fire, and no other one."""
        try:
            wait_for(lambda: self.prometheus.firing() == set(names))
        except AssertionError:
            pytest.fail(f"{self.prometheus.firing()} fire, not {set(names)}")

    def stay_quiet(self, seconds):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            assert self.prometheus.firing() == set()
            time.sleep(0.2)


@pytest.fixture
def system(aws, tmp_path):
    with ExitStack() as parts:
        yield System(parts, tmp_path)


def wait_until_ended(*uploads):
    keys = [upload.pk for upload in uploads]
    unfinished = BulkUpload.objects.filter(pk__in=keys, status__in=["pending", "processing"])
    wait_for(lambda: not unfinished.exists())


def test_each_alarm_fires_at_its_fault_and_none_when_all_is_well(system, accept):
    # All is well.
    wait_for(lambda: system.prometheus.query('count(up{job=~"medisupply-.*"} == 1) == 2'))
    wait_for(lambda: system.prometheus.query("medisupply_workers == 1"))
    assert ask(system.web, None, "/admin/login/")[0] == 200
    wait_until_ended(accept(csv_bytes([row(n) for n in range(1, 1001)])))
    system.stay_quiet(3)
    for expression in dashboard_queries():
        shown = bool(system.prometheus.query(expression))
        assert shown or any(part in expression for part in EMPTY), expression

    # An upload waits for eleven minutes.
    BulkUpload.objects.create(
        proveedor_id="PROV001",
        sheet_name="productos",
        filename="a.csv",
        file_format="csv",
        s3_key="k",
        size=1,
        updated_at=database_now() - timedelta(minutes=11),
        published_at=database_now(),
    )
    system.wait_for_alarms("CargaEsperaDemasiado")
    BulkUpload.objects.get(filename="a.csv").cancel()
    system.wait_for_alarms()

    # A message that is not ours.
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody="hola", MessageGroupId="a", MessageDeduplicationId="a"
    )
    system.wait_for_alarms("HayMensajesMuertos")
    queue.client().purge_queue(QueueUrl=queue.dead_letters_url())
    system.wait_for_alarms()

    # The way from the web to SQS is cut.
    system.aws.cut()
    system.wait_for_alarms("MetricasIncompletas")
    system.aws.forward()
    system.wait_for_alarms()

    # No worker.
    system.stop_worker()
    system.wait_for_alarms("NingunTrabajador", "ObjetivoNoResponde")

    # Five files of nonsense, and one that is lost in the store.
    lost = accept(csv_bytes([row(1)]))
    storage._client().delete_object(Bucket=storage._bucket(), Key=lost.s3_key)
    refused = [accept(f"un,archivo,cualquiera\n{n},2,3\n".encode()) for n in range(5)]
    system.start_worker()
    wait_until_ended(lost, *refused)
    system.wait_for_alarms("FallanMuchasCargas", "CargasFallanPorElSistema")
