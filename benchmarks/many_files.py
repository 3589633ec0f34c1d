"""Forty suppliers' files at once, against the stack that runs with some number of workers. Checked at the end."""

from __future__ import annotations

import os
import signal
import time

from django.db.models import Max

from benchmarks.client import Client
from benchmarks.jobs_plan import one_for_each_supplier
from benchmarks.measured import Measurement
from benchmarks.options import Options
from benchmarks.tables import reset, settle
from benchmarks.writing import made
from bulk_upload.models import BulkUpload
from catalog.models import Product, Supplier


def main() -> None:
    options = Options.given()
    wanted = one_for_each_supplier(options)
    workers = [int(pid) for pid in os.environ["BENCH_WORKERS"].split(",")]
    client = Client()
    suppliers = [f"BENCH{number:02d}" for number in range(len(wanted))]
    Supplier.objects.bulk_create([Supplier(codigo=code, nombre=code) for code in suppliers])
    reset()
    settle()
    # They begin when everything is queued.
    _signal(workers, signal.SIGSTOP)
    try:
        tasks = [
            client.send(made(options.files, recipe), replace=True, supplier=code)[0]
            for recipe, code in zip(wanted, suppliers, strict=True)
        ]
    finally:
        began = time.time()
        _signal(workers, signal.SIGCONT)
    for task in tasks:
        client.wait(task)
    ended = BulkUpload.objects.aggregate(last=Max("completed_at"))["last"].timestamp()
    rows = sum(recipe.rows for recipe in wanted)
    if BulkUpload.objects.filter(creados=wanted[0].rows).count() != len(wanted) or Product.objects.count() != rows:
        raise AssertionError("not every row has landed")
    Measurement("workers", "postgresql", "xlsx", str(len(workers)), rows, ended - began).keep()


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)
