"""How gunicorn serves MediSupply, on a developer's machine and in production.

The address is given where it is started (`--bind`), the number of processes by `WEB_CONCURRENCY`.
"""

# Threads: an upload that comes in slowly, or somebody who polls, holds a thread and not a process.
worker_class = "gthread"
threads = 8
# A worker that gives no sign of life for so long is replaced; slow uploads do not count.
timeout = 60
graceful_timeout = 30
# Above the 60 s for which load balancers usually keep idle connections.
keepalive = 75
# It would listen on a socket below the home directory.
control_socket_disable = True
