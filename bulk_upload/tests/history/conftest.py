"""What the undo's tests have: an undo in this process."""

from bulk_upload.tests.undoing.conftest import run_undo as run_undo
