"""Everything that touches a workbook's bytes. Runs only in the guarded child: the worker imports none of it.

`__main__` is the process, `workbook` the order of the steps: `package` checks the zip, `sheets` and
`number_formats` read the small parts, `sheet_scan` looks through the sheet, then calamine loads it.
"""
