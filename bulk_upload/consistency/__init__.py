"""Whether database, bucket, queue and cache agree, and how to mend what does not: `manage.py check_consistency`.

Each module looks at one thing and yields the differences that it finds, with what would mend them. They read in slices,
so that memory does not grow with the uploads, and mend only by what workers and people do as well: it is safe beside
them, and safe to repeat.
"""
