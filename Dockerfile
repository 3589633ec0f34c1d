# Two stages: the first installs, the second runs. The image has no compiler, no curl and no root.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
# Hashes: what is installed is what was tested, byte for byte.
RUN /opt/venv/bin/python -m pip install --require-hashes --only-binary :all: -r /tmp/base.txt
WORKDIR /app
COPY . .
# The files that the browser asks for, with names that change with their content. As in production, with a key that
# signs nothing and a database that nobody asks.
RUN DEBUG=false SECRET_KEY=only-for-collectstatic-at-the-build-of-this-very-image TRUSTED_PROXIES=1 \
    DATABASE_URL=sqlite:///nowhere /opt/venv/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 medisupply \
    && useradd --uid 10001 --gid medisupply --no-create-home --shell /usr/sbin/nologin medisupply
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/venv /opt/venv
# Owned by root: the program cannot change its own code. It writes to /tmp only.
COPY --from=build /app /app
# Named here, what is mounted at /tmp gets its permissions from the image: on ECS it would belong to root.
VOLUME /tmp
WORKDIR /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "deploy.healthcheck", "/health"]
# /dev/shm: gunicorn's heartbeat files on a slow disk make it kill workers that are well.
CMD ["python", "-m", "deploy.web", "--config", "deploy/gunicorn_config.py", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", "medisupply.wsgi:application"]
