"""Other kinds of workbook (.xls, .xlsb, .ods), written again as a plain .xlsx that is then read like any other.

The library reads these kinds, too, but only with all sheets in memory, and without the formats of numbers: a code
``00007`` would come as 7. Here one row is in memory at a time, numbers keep their formats, and everything that is
true of an .xlsx (limits, errors, dates, merged cells, choice of the sheet) is true of them without being written again.

`converted` is the only door. `plain_workbook` writes; `xls`, `xlsb` and `ods` read one kind each.
"""
