#!/usr/bin/env bash
# Builds the image of the Dockerfile without a registry and a daemon, and imports the example file with it.
#
#   apt-get install buildah debootstrap
#   DATABASE_URL=postgres://… REDIS_URL=redis://… AWS_ENDPOINT_URL=http://127.0.0.1:5000 dev/image.sh
#
# As root, on Debian 12, whose Python is the Dockerfile's. The base image is made of Debian's own packages. The three
# parts must be reachable from this machine (moto: `python -m moto.server -p 5000`); the database must be empty.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${DATABASE_URL:?}" "${REDIS_URL:?}" "${AWS_ENDPOINT_URL:?}"
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
BASE=$(sed -n 's/^FROM \(python[^ ]*\)$/\1/p' Dockerfile)
PORT=${PORT:-18900}
# As apt's own lists name it.
MIRROR=${MIRROR:-$(grep -rhE '^(deb |URIs:)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -v security |
    grep -oE 'https?://[^ ]+' | head -1 || true)}

work=$(mktemp -d)
container=
stop() {
    if [ -n "$container" ]; then
        run sh -c 'kill $(cat /tmp/program.*) 2>/dev/null' || true
        wait
        buildah rm "$container" >/dev/null
    fi
    rm -rf "$work"
}
trap stop EXIT

if ! buildah inspect --type image "docker.io/library/$BASE" >/dev/null 2>&1; then
    echo "Making $BASE of Debian's packages"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$work/root" "$MIRROR" >"$work/log" ||
        { tail -3 "$work/log"; exit 1; }
    ln -s python3 "$work/root/usr/bin/python"
    base=$(buildah from scratch)
    buildah add -q "$base" "$work/root" / >/dev/null
    buildah commit -q "$base" "docker.io/library/$BASE" >/dev/null
    buildah rm "$base" >/dev/null
fi

# Where this machine's pip finds packages, the build finds them, too.
options=()
for name in ${!PIP_@} SSL_CERT_FILE; do [ -z "${!name-}" ] || options+=(--env "$name=${!name}"); done
for path in /etc/pip.conf ${PIP_CERT-} $(printf '%s\n' ${PIP_FIND_LINKS-} | sed 's,^file://,,'); do
    [ ! -e "$path" ] || options+=(--volume "$path:$path:ro")
done
echo "Building"
# A clean copy: nothing that lies about beside the code gets into the image.
git archive --format=tar --prefix=code/ HEAD | tar -xf - -C "$work"
buildah bud --format docker --pull-never --network host --layers=false "${options[@]}" -t medisupply "$work/code" >"$work/log" 2>&1 ||
    { tail -20 "$work/log"; exit 1; }

container=$(buildah from --pull-never localhost/medisupply)
run() {
    buildah run --user 10001:10001 --env DEBUG=true --env DATABASE_URL="$DATABASE_URL" --env REDIS_URL="$REDIS_URL" \
        --env AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL" --env AWS_ACCESS_KEY_ID=image --env AWS_SECRET_ACCESS_KEY=image \
        "$container" -- "$@"
}
run sh -c '! touch /app/x 2>/dev/null && ! command -v gcc curl' || { echo "The image can be written to, or has tools"; exit 1; }
run python manage.py bootstrap --demo
# Their process ids are known within: buildah passes no signal on.
start() { run sh -c 'echo $$ >/tmp/program.$$; exec "$@"' - "$@" & }
start python -m deploy.web --config deploy/gunicorn_config.py --bind "127.0.0.1:$PORT" --worker-tmp-dir /dev/shm medisupply.wsgi:application
start python manage.py consume_bulk_uploads
for _ in $(seq 60); do curl -fs "http://127.0.0.1:$PORT/health/ready" >/dev/null && break || sleep 1; done
ask() { curl -fsS -H 'Authorization: Token demo-token-prov001' "$@"; }
task=$(ask -F file=@fixtures/plantilla_productos_ejemplo.xlsx "http://127.0.0.1:$PORT/api/v1/catalog/items/bulk-upload?proveedor_id=PROV001" |
    sed -n 's/.*"task_id":"\([^"]*\)".*/\1/p')
for _ in $(seq 60); do
    state=$(ask "http://127.0.0.1:$PORT/api/catalog/bulk-upload/status/$task")
    case $state in *'"status":"completed"'*) break ;; esac
    sleep 1
done
case $state in
    *'"successful":10,'*) echo "The image works: ten products were imported with it" ;;
    *) echo "$state"; exit 1 ;;
esac
