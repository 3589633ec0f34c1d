"""Everything that touches a file's bytes. Runs only in the guarded child: the worker imports none of it.

`__main__` is the process, `telling` what it says, `csv_file` reads a CSV. `workbook` has the order of the steps
of a workbook: `package` checks the zip, `sheets` and
`number_formats` read the small parts, `sheet_scan` looks through the sheet, then calamine loads it.
"""
