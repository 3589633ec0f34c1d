"""Products one by one, over the API, by the rules of the sheet.

It lives here and not in `catalog`, because the rules are the sheet's columns and the catalogue knows
nothing of uploads.
"""
