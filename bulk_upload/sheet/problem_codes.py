"""What can be found wrong while a file is read: codes only, their texts are in `bulk_upload.problem_texts`.

Knows no Django: the guarded reader sends these codes, and what it sends is checked against them.
"""

from __future__ import annotations

from typing import Final

# Of a row or a cell, in any sheet. A sheet's own rules add theirs: see `Sheet.problem_codes`.
ROW_PROBLEMS: Final = frozenset(
    [
        "required_blank",
        "wrong_form",
        "not_a_gtin",
        "wrong_check_digit",
        "too_long",
        "control_characters",
        "invisible_characters",
        "lost_characters",
        "unaddressable_id",
        "excel_error",
        "digits_lost",
        "scientific_notation",
        "date_in_text",
        "boolean_in_text",
        "formula_without_result",
        "merged_cell",
        "hidden_by_format",
        "percent_number",
        "not_a_number",
        "ambiguous_number",
        "ambiguous_integer",
        "not_an_integer",
        "too_many_decimals",
        "below_minimum",
        "above_maximum",
        "not_a_boolean",
        "not_a_date",
        "two_digit_year",
        "impossible_date",
        "serial_number_date",
        "date_out_of_range",
        "date_with_time",
        "extra_cells",
        "duplicate_in_file",
    ]
)

# The row is imported all the same, or there is no row.
WARNINGS: Final = frozenset(
    [
        "unnamed_column",
        "guessed_encoding",
        "sheet_passed_over",
        "sheet_without_header",
        "totals_row",
    ]
)

# Of the header of a file that was read: a mapping may explain it.
HEADER_PROBLEMS: Final = frozenset(
    ["no_header", "missing_columns", "missing_columns_similar", "similar_columns", "duplicate_column"]
)
# Of a mapping, when the file that it is for is read.
MAPPING_PROBLEMS: Final = frozenset(
    [
        "mapping_sheet_missing",
        "mapping_row_missing",
        "mapping_column_missing",
        "mapping_column_ambiguous",
        "mapping_same_column",
        "mapping_constant_beside_column",
    ]
)

# Of the whole file.
FILE_PROBLEMS: Final = frozenset(
    [
        "empty_file",
        *HEADER_PROBLEMS,
        *MAPPING_PROBLEMS,
        "several_sheets",
        "far_cell",
        "damaged_file",
        "not_a_workbook",
        "encrypted_file",
        "suspicious_zip",
        "too_many_parts",
        "too_many_columns",
        "too_many_rows",
        "too_big_to_read",
        "nul_bytes",
        "line_too_long",
        "unclosed_quote",
        "undecodable_text",
        "broken_utf_8",
        "unclear_encoding",
    ]
)
