"""The short form of `make chaos`: one round of faults, after which everything is what an independent account says."""

from __future__ import annotations

import pytest
from django.db import connection

from bulk_upload.tests.helpers.oracle import Oracle, Sender
from dev.chaos import lists, planned, status
from dev.chaos.soak import Soak
from dev.chaos.stack import Stack

# One of each kind; the long form has them all.
FAULTS = (
    *("worker killed", "worker frozen", "reader killed", "web killed", "redis full", "redis emptied", "s3 answers 500"),
    *("sqs cut", "database sessions ended", "message delivered again", "message of garbage"),
    *("database: answer to COMMIT lost on the web", "database: answer to COMMIT lost on a worker"),
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
@pytest.mark.usefixtures("aws")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="half of the faults need a server")
def test_after_a_round_of_faults_nothing_differs_and_what_is_changed_by_hand_does():
    with Stack() as stack:
        soak = Soak(
            stack,
            7,
            habits=("steady", "careful", "restless"),
            planners=1,
            lists=3,
            rows=(300, 1000),
            faulty=4,
            faults=",".join(FAULTS),
        )
        soak.round()
        soak.finish()
        # A file without an upload is no loss: the sweep sets it aside.
        del soak.report.differences["orphans that nothing explains"]
        assert dict(soak.report.differences) == {}
        assert soak.injector.counts.total() >= 3

        change_by_hand(soak.clients[0].uploads[0].task_id)
        soak.outcome.compare(soak.clients)
        planned.compare(soak.planners, soak.report)
        status.check(soak.clients[:1], [stack.hosts[0].web.port], soak.report, seconds=0)
        assert set(soak.report.differences) == {
            "products of a steady supplier",
            "products of a planner",
            "row errors",
            "upload's counters",
            "status is not the database's",
        }


def change_by_hand(task_id):
    """What the comparison must not overlook: another version, a lost row error, another counter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_product SET version = version + 1 WHERE id IN (SELECT min(id) FROM catalog_product "
            "GROUP BY proveedor_id HAVING proveedor_id IN ('CAOS1', 'CAOS4'))"
        )
        cursor.execute("DELETE FROM bulk_upload_rowerror WHERE upload_id = %s", [task_id])
        cursor.execute("UPDATE bulk_upload_bulkupload SET duplicados = duplicados + 1 WHERE task_id = %s", [task_id])


def test_of_two_lists_the_later_one_has_the_last_word_whichever_is_imported_last():
    older, confirming, other = (lists.product(1, 1, price) for price in ("1.00", "2.00", "2.00"))
    oracle = Oracle(0)
    for number, cells in ((2, other), (3, confirming)):
        oracle.take([lists.Line(cells)], replace=True, sender=Sender("CAOS1", str(number), number))
    account = oracle.take([lists.Line(older)], replace=True, sender=Sender("CAOS1", "1", 1))
    assert account.codes == [(2, "superseded")]
    assert (account.rechazados, account.duplicados) == (1, 1)
    assert oracle.cells["S1-00001"][5] == "2.00"
