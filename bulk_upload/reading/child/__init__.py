"""Everything that touches a file's bytes. Runs only in the guarded child: the worker imports none of it.

`__main__` is the process, `messages` what it sends, `plain_file` says what is read in the place of other kinds of file
(`zip_member`, `xls`, `xlsb`, `ods`, `plain_workbook`), `csv_file` reads a CSV. `workbook` has the order of the steps of
a workbook: `zip_package` checks the zip, `sheet_list` and `number_formats` read the small parts, `sheet_choice` finds
the sheet, `sheet_xml` looks at its XML, `calamine` streams its cells, `sheet_repair` writes a sheet again that the
library cannot read, `sheet_rows` sorts out rows, `cell_formats` and `merged_cells` say what the sheet shows where
that is not the value.
"""
