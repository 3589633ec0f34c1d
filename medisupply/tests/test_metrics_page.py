"""`/metrics` of the web: who may read it, and what the site's processes count together."""

from __future__ import annotations

import os
import signal

import pytest
from django.test import Client

from bulk_upload.tests.helpers.processes import wait_for
from bulk_upload.tests.helpers.scraping import TOKEN, ask, samples, scrape
from bulk_upload.tests.helpers.serving import served
from medisupply import metrics_page
from medisupply.readings import Readings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_known_yet(monkeypatch):
    """Nor asked: the parts have tests of their own."""
    monkeypatch.setattr(metrics_page, "readings", Readings({}))


@pytest.fixture
def site(settings):
    settings.METRICS_TOKEN = TOKEN
    return Client()


def metrics(site, **headers):
    return site.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})


def test_without_a_token_of_ours_there_is_no_such_page(client):
    answer = client.get("/metrics", headers={"Authorization": "Bearer "})
    assert answer.status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}é"])
def test_whoever_does_not_send_it_is_refused(site, sent):
    answer = site.get("/metrics", headers={"Authorization": sent} if sent else {})
    assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_prometheus_asks_by_an_address_that_is_no_allowed_host_and_without_tls(site, settings, path):
    settings.ALLOWED_HOSTS = ["medisupply.example"]
    settings.SECURE_SSL_REDIRECT = True
    answer = site.get(path, headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.0.0.7:8000"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer["Content-Type"].startswith("text/plain; version=")


def test_the_format_is_the_one_that_prometheus_prefers(site):
    wanted = "application/openmetrics-text;version=1.0.0;q=0.7,text/plain;version=0.0.4;q=0.3"
    answer = metrics(site, Accept=wanted)
    assert answer["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.content.endswith(b"# EOF\n")


def test_it_is_only_read(site):
    answer = site.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET")


class TestRequests:
    """Counted by route and status."""

    def counted(self, site, path, **headers):
        """Which counts the request raises, and by how much."""
        before = samples(metrics(site).content.decode())
        site.get(path, headers=headers)
        after = samples(metrics(site).content.decode())
        raised = {name: value - before.get(name, 0) for name, value in after.items() if value > before.get(name, 0)}
        return {name: by for name, by in raised.items() if "http" in name and name.split("{")[0].endswith("_total")}

    @pytest.mark.parametrize(
        ("path", "route", "status"),
        [
            ("/admin/login/", "admin:login", 200),
            ("/admin/", "admin:index", 302),
            ("/api/v1/catalog/items/SECRETO-7", "catalog:item", 401),
            ("/api/catalog/items/SECRETO-7", "short-catalog:item", 401),
            ("/api/catalog/bulk-upload/status/5f0c", "short:status", 401),
            ("/no/hay/nada", "none", 404),
        ],
    )
    def test_by_the_name_of_the_route_never_by_the_path(self, site, path, route, status):
        raised = f'medisupply_http_requests_total{{route="{route}",status="{status}"}}'
        assert self.counted(site, path) == {raised: 1}

    def test_no_part_of_a_path_is_in_the_metrics(self, site):
        site.get("/api/v1/catalog/items/SECRETO-7")
        site.get("/SECRETO-7")
        assert b"SECRETO" not in metrics(site).content

    def test_a_host_that_is_not_allowed_has_no_route(self, site):
        name = 'medisupply_http_requests_total{route="none",status="400"}'
        assert self.counted(site, "/api/docs", Host="ajeno.example") == {name: 1}

    def test_the_seconds_of_each_are_in_one_bucket_and_those_above_it(self, site):
        before = samples(metrics(site).content.decode())
        site.get("/admin/login/")
        after = samples(metrics(site).content.decode())
        for name in ("count", 'bucket{le="+Inf"'):
            name = f"medisupply_http_request_seconds_{name}"
            name = f'{name},route="admin:login"}}' if "{" in name else f'{name}{{route="admin:login"}}'
            assert after[name] - before.get(name, 0) == 1

    @pytest.mark.parametrize("path", ["/health", "/metrics"])
    def test_monitors_do_not_count(self, site, path):
        assert self.counted(site, path) == {}

    def test_nothing_is_counted_where_there_are_no_metrics(self, site, settings):
        before = samples(metrics(site).content.decode())
        settings.METRICS_TOKEN = ""
        Client().get("/admin/login/")
        settings.METRICS_TOKEN = TOKEN
        name = 'medisupply_http_requests_total{route="admin:login",status="200"}'
        assert samples(metrics(site).content.decode()).get(name) == before.get(name)


def processes(folder):
    """The ids of those that have counted there."""
    return {int(file.stem.rpartition("_")[2]) for file in folder.glob("counter_*.db")}


@pytest.mark.processes
class TestProcesses:
    """Under gunicorn, as in production."""

    name = 'medisupply_http_requests_total{route="admin:login",status="200"}'

    def logins(self, port, number):
        for _ in range(number):
            assert ask(port, None, "/admin/login/")[0] == 200

    def test_what_all_processes_count_is_added_up_and_stays_when_one_is_killed(self, aws, tmp_path):
        with served("--workers", "2", "--worker-tmp-dir", str(tmp_path), METRICS_TOKEN=TOKEN) as port:
            (folder,) = tmp_path.glob("medisupply-metrics-*")
            wait_for(lambda: len(processes(folder)) == 2)
            self.logins(port, 20)
            assert {scrape(port)[self.name] for _ in range(10)} == {20}
            os.kill(min(processes(folder)), signal.SIGKILL)
            wait_for(lambda: len(processes(folder)) == 3)
            self.logins(port, 5)
            assert scrape(port)[self.name] == 25
        assert list(tmp_path.iterdir()) == []

    def test_two_servers_do_not_count_together(self, aws, tmp_path):
        arguments = ("--worker-tmp-dir", str(tmp_path))
        with served(*arguments, METRICS_TOKEN=TOKEN) as first, served(*arguments, METRICS_TOKEN=TOKEN) as second:
            self.logins(first, 3)
            assert self.name not in scrape(second)
            assert scrape(first)[self.name] == 3

    def test_without_a_token_the_processes_keep_no_files(self, aws, tmp_path):
        with served("--worker-tmp-dir", str(tmp_path)) as port:
            assert ask(port, None, "/admin/login/")[0] == 200
            assert ask(port)[0] == 404
            (folder,) = tmp_path.glob("medisupply-metrics-*")
            assert list(folder.iterdir()) == []
