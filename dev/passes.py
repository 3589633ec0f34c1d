"""Which tests belong to which pass of the suite. What is named in no list is part of both: there, what the database
does is what is promised (imports, plans, undos, purges, the models, the search, migrations).

Without a PostgreSQL the pass on SQLite has all tests.
"""

from __future__ import annotations

from typing import Final


def _files(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/test_{name}.py" for name in names)


# No database makes a difference to them: readers, values, texts, deployment, what the site is to a browser.
ON_SQLITE: Final = (
    "deploy/tests",
    "dev/tests",
    *(f"bulk_upload/tests/{folder}" for folder in ("browser", "checking", "reading", "sheet")),
    *_files("bulk_upload/tests", "declaration_checks", "stage_times", "storage", "storage_sessions", "wording"),
    *_files("bulk_upload/tests/workbooks", "guide", "templates", "xlsx"),
    *_files("catalog/tests", "browser_categories", "browser_edit_conflicts", "browser_row_history"),
    "medisupply/tests/environment",
    *_files("medisupply/tests", "answers", "behind_nginx", "boundaries", "browser_docs", "chunked_bodies"),
    *_files("medisupply/tests", "error_pages", "log_calls", "log_docs", "nginx_limits", "oversized"),
    *_files("medisupply/tests", "production_settings", "schema", "slow_clients"),
)

# They read and write through Django's ORM alone, or look at processes: seen with the parts of production.
ON_POSTGRESQL: Final = (
    *(f"bulk_upload/tests/{folder}" for folder in ("admin", "api", "receiving")),
    *_files("bulk_upload/tests/consistency", "beside_workers", "bucket_versions", "cache", "command", "files"),
    *_files("bulk_upload/tests/consistency", "messages", "point_in_time", "purged", "restored_alone"),
    *_files("bulk_upload/tests/consistency", "restored_older"),
    *_files("bulk_upload/tests/consuming", "counted_events", "exits", "fairness", "faults", "message_handler"),
    *_files("bulk_upload/tests/consuming", "message_versions", "orphans", "redrive", "speed", "status_command"),
    *_files("bulk_upload/tests/consuming", "worker_faults", "worker_logs", "worker_metrics", "worker_process"),
    *_files("bulk_upload/tests/importing", "exported_again", "kills", "time_limits"),
    *_files("bulk_upload/tests/plans", "plan_processes", "same_as_the_import"),
    *_files("bulk_upload/tests/purging", "dead_letters", "purge_processes", "purged_pages", "services_away"),
    *_files("bulk_upload/tests/system", "bootstrap", "cache_faults", "chaos_short", "database_away", "existing_queues"),
    *_files("bulk_upload/tests/system", "lifecycle_rules", "new_server", "operations_page", "pgbouncer_file", "pooler"),
    *_files("bulk_upload/tests/system", "release", "separate_passwords", "systemd_services", "tcp_proxy"),
    *_files("bulk_upload/tests/system", "two_releases"),
    *_files("bulk_upload/tests/undoing", "undo_api", "undo_processes"),
    *_files("bulk_upload/tests/workbooks", "corrections", "corrections_unread", "prepared_files"),
    *_files("catalog/tests/api/items", "item_addresses", "item_history", "item_ids", "items"),
    *_files("catalog/tests", "admin", "admin_keys", "admin_texts", "edit_conflicts", "exports", "restored"),
    *_files("catalog/tests", "row_history_page", "sheet_problems", "stock_admin", "stock_api", "warehouse_api"),
    *_files("medisupply/tests", "accounts_admin", "api_doors", "attachments", "health", "login", "metrics_page"),
    *_files(
        "medisupply/tests", "log_lines", "query_parameters", "readings", "refused_tokens", "schema_requests", "tenancy"
    ),
    *_files("medisupply/tests", "web_logs"),
)

# Seen on one Python: a browser, the machine, texts of the repository, and again and again the start of programs,
# which `dev/tests/test_stack.py` sees on each.
ON_ONE_PYTHON: Final = (
    *ON_POSTGRESQL,
    "bulk_upload/tests/browser",
    *_files("bulk_upload/tests/reading", "hostile_costs"),
    *_files("bulk_upload/tests/sheet", "translations"),
    *_files("bulk_upload/tests", "storage", "storage_sessions"),
    *_files("catalog/tests", "browser_categories", "browser_edit_conflicts", "browser_row_history"),
    *_files("catalog/tests", "random_files_killed"),
    "deploy/tests",
    *_files("dev/tests", "configuration", "docs", "other_pythons", "paths"),
    *_files("medisupply/tests/environment", "production", "refusals", "unknown_variables"),
    *_files("medisupply/tests", "answers", "behind_nginx", "boundaries", "browser_docs", "chunked_bodies"),
    *_files("medisupply/tests", "log_calls", "log_docs", "nginx_limits", "oversized", "production_settings"),
    *_files("medisupply/tests", "slow_clients"),
)
