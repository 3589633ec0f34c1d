"""Random files of every sheet come to what a plain model says: whatever the chunks, and also when killed."""

from __future__ import annotations

import pytest

from catalog.tests.random_files.checking import accounts, check, smallest
from catalog.tests.random_files.drawing import TIMES, scenarios
from catalog.tests.random_files.sheets import PLANS, PRODUCTS, STOCK, SUPPLIERS

SCENARIOS = 60


@pytest.mark.django_db
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_random_files_come_to_what_a_plain_model_says(plan, tmp_path):
    killed = 0
    for scenario in scenarios(plan, SCENARIOS * TIMES):
        try:
            killed += check(plan, scenario, tmp_path)
        except Exception:
            # The shortest files that still fail are easier to read.
            check(plan, smallest(plan, scenario, tmp_path), tmp_path)
            raise
    # Whoever kills nothing proves less.
    assert killed > SCENARIOS * TIMES / 2


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        (
            PRODUCTS,
            {
                *("duplicate_product", "other_supplier", "code_conflict", "superseded", "id_kept", "new_category"),
                *("too_many_new_categories", "critical_above_minimum", "duplicate_in_file", "extra_cells"),
            },
        ),
        (
            STOCK,
            {
                *(
                    "stock_exists",
                    "other_supplier_product",
                    "unknown_product",
                    "unknown_warehouse",
                    "similar_warehouse",
                ),
                *("named_before", "lot_required", "expiry_required", "superseded", "none_of", "several_of"),
            },
        ),
        (SUPPLIERS, {"supplier_exists", "superseded", "duplicate_in_file", "wrong_form", "required_blank"}),
    ],
    ids=["productos", "existencias", "proveedores"],
)
def test_the_files_are_of_all_kinds(plan, codes):
    found = [account for scenario in scenarios(plan, 2 * SCENARIOS) for account in accounts(plan, scenario)]
    assert codes - {code for account in found for _, _, code in (*account.errors, *account.warnings)} == set()
    assert all(sum(counts) for counts in zip(*((a.creados, a.actualizados, a.sin_cambios) for a in found), strict=True))
