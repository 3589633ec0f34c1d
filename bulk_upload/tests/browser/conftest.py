"""Plans for the tests in a browser."""

from bulk_upload.tests.plans.conftest import run_plan

__all__ = ["run_plan"]
