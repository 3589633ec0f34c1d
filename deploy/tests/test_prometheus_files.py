"""Alarms and dashboard name metrics that exist, lead to the operators' page, and are what promtool accepts."""

import json
import re
import shutil

import pytest
import yaml

from bulk_upload.tests.helpers.prometheus import (
    CONFIG,
    DASHBOARD,
    FOLDER,
    RULES,
    dashboard_queries,
    names_in,
    promtool,
    rules,
    running,
)
from dev.environment import PROJECT
from medisupply.metrics.declared import READ, WEB, WORKER
from medisupply.metrics.metric_types import Count, Durations

PAGE = (PROJECT / "docs" / "operacion.md").read_text("utf-8")
OURS = {metric.name: metric for metric in (*READ, *WEB, *WORKER)}
# Of Prometheus itself, of its library for Python, and of node_exporter.
OTHERS = {
    *("up", "ALERTS", "process_resident_memory_bytes", "process_cpu_seconds_total"),
    *("node_filesystem_avail_bytes", "node_filesystem_size_bytes"),
}


def shown_names():
    """As Prometheus sees ours."""
    for name, metric in OURS.items():
        if isinstance(metric, Durations):
            yield from (f"{name}_{end}" for end in ("bucket", "sum", "count"))
        else:
            yield f"{name}_total" if isinstance(metric, Count) else name


def expressions():
    return [rule["expr"] for rule in rules()] + dashboard_queries()


# --- What Prometheus's own tool says ---------------------------------------------------------


def test_promtool_accepts_the_rules():
    code, said = promtool("check", "rules", FOLDER / RULES)
    assert (code, f"{len(rules())} rules found" in said) == (0, True), said


def test_promtool_accepts_the_configuration(tmp_path):
    for name in (CONFIG, RULES):
        shutil.copy(FOLDER / name, tmp_path)
    (tmp_path / "medisupply.token").touch()
    code, said = promtool("check", "config", tmp_path / CONFIG)
    assert code == 0, said


def test_the_alarms_fire_when_they_should_and_not_before():
    code, said = promtool("test", "rules", FOLDER / "medisupply.rules.test.yml")
    assert code == 0, said


def test_every_alarm_is_in_those_tests():
    text = (FOLDER / "medisupply.rules.test.yml").read_text("utf-8")
    assert {rule["alert"] for rule in rules()} == set(re.findall(r'alertname[:=] ?"?(\w+)', text))


# --- Names -----------------------------------------------------------------------------------


def test_names_are_found_in_expressions():
    expression = 'sum by (a, b) (rate(x_total{c=~"d e"}[5m])) / ignoring(a) group_left sum(y) > 2 and z or vector(0)'
    assert names_in(expression) == {"x_total", "y", "z"}


def test_alarms_and_dashboard_read_metrics_that_exist():
    read = set().union(*map(names_in, expressions()))
    assert read - set(shown_names()) - OTHERS == set()


def test_every_metric_of_ours_is_in_the_dashboard():
    read = set().union(*map(names_in, dashboard_queries()))
    unused = {name for name in OURS if not any(name in each for each in read)}
    assert unused == set()


def test_the_values_of_labels_in_expressions_are_those_that_are_counted():
    for expression in expressions():
        for name, selectors in re.findall(r"(medisupply_\w+)\{([^}]*)\}", expression):
            metric = OURS.get(name) or OURS[name.removesuffix("_total").removesuffix("_bucket")]
            for label, value in re.findall(r'(\w+)=~?"([^"]*)"', selectors):
                assert label in metric.labels
                known = {values[metric.labels.index(label)] for values in metric.known}
                assert not known or set(value.split("|")) <= known, expression


@pytest.mark.parametrize("expression", [rule["expr"] for rule in rules()])
def test_several_hosts_of_the_web_are_one_alarm(expression):
    """Each of them gives the figures of database and queue."""
    read = {metric.name for metric in READ}
    assert not names_in(expression) & read or expression.startswith("max")


def test_prometheus_understands_every_query_of_the_dashboard(tmp_path):
    with running(tmp_path, {}) as prometheus:
        for expression in dashboard_queries():
            prometheus.query(expression)


# --- Texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alarm_says_what_it_means_and_what_to_do_and_where_to_read_on(rule):
    texts = rule["annotations"]
    assert set(texts) == {"summary", "description", "action", "runbook_url"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert texts["runbook_url"] == f"docs/operacion.md#{rule['alert'].lower()}"
    assert f"\n### {rule['alert']}\n" in PAGE


def test_the_page_has_no_alarm_that_there_is_not():
    chapter = PAGE.partition("\n## Métricas y alarmas\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", chapter, re.MULTILINE) == [rule["alert"] for rule in rules()]


def test_the_page_has_every_metric_with_its_labels_and_who_counts_it():
    rows = re.findall(r"^\| `(medisupply_\w+)` \| ([^|]*) \| ([^|]*) \|", PAGE, re.MULTILINE)
    said = {name: (tuple(re.findall(r"`(\w+)`", labels)), who.strip()) for name, labels, who in rows}
    assert len(said) == len(rows)
    expected = {}
    for name, metric in OURS.items():
        who = [word for word, part in (("web", (*WEB, *READ)), ("trabajador", WORKER)) if metric in part]
        expected[f"{name}_total" if isinstance(metric, Count) else name] = (metric.labels, " y ".join(who))
    assert said == expected


def test_the_values_that_the_page_names_are_those_of_the_labels():
    for name, metric in OURS.items():
        said = re.search(rf"^\| `{name}\w*` \| [^|]* \| [^|]* \| ([^|]*) \|$", PAGE, re.MULTILINE)[1]
        named = set(re.findall(r"`(\w+)`", said))
        known = {value for values in metric.known for value in values}
        assert not metric.known or not named or named <= known | set(metric.labels), name


def test_the_workers_of_one_host_are_as_many_as_supervisor_starts():
    config = yaml.safe_load((FOLDER / CONFIG).read_text("utf-8"))
    (job,) = [job for job in config["scrape_configs"] if job["job_name"] == "medisupply-worker"]
    ports = [int(target.rpartition(":")[2]) for target in job["static_configs"][0]["targets"]]
    conf = (PROJECT / "deploy" / "supervisor" / "worker.conf").read_text("utf-8")
    numprocs = int(re.search(r"^numprocs=(\d+)$", conf, re.MULTILINE)[1])
    assert ports == list(range(9500, 9500 + numprocs))


def test_grafana_asks_which_prometheus_to_use():
    board = json.loads(DASHBOARD.read_text("utf-8"))
    sources = {panel["datasource"]["uid"] for panel in board["panels"] if "datasource" in panel}
    assert sources == {"${datasource}"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
