"""What has ended is removed by its age: files, what was wrong with rows, what they changed, uploads, dead letters.

With them go actions in the admin and expired sessions, which Django itself only collects.
"""
