#!/bin/sh
# Make what compose.yaml needs and nobody else may know: secrets/ beside it. What is there stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
if [ ! -e secrets/tidings.env ]; then
  database=$(openssl rand -hex 24) journal=$(openssl rand -hex 24)
  printf '%s' "$database" > secrets/postgres-password
  printf 'authorization { user: "tidings", password: "%s" }\n' "$journal" > secrets/nats-users.conf
  {
    echo "TIDINGS_SECRET_KEY=$(openssl rand -hex 32)"
    echo "TIDINGS_DATABASE=postgresql://tidings:$database@postgres/tidings"
    echo "TIDINGS_JOURNAL=nats://tidings:$journal@nats1,nats2,nats3"
  } > secrets/tidings.env
fi
# One of your own takes its place: certificate and key in one file, certificate first.
if [ ! -e secrets/certificate.pem ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=${1:-localhost}" \
    -addext "subjectAltName=DNS:${1:-localhost}" -keyout secrets/key.tmp -out secrets/certificate.pem 2>/dev/null
  cat secrets/key.tmp >> secrets/certificate.pem
  rm secrets/key.tmp
fi
# The proxy and NATS read theirs as nobody in particular; the folder above stays closed to others.
chmod 444 secrets/certificate.pem secrets/nats-users.conf
echo "secrets/ is there: add your channels' secrets to secrets/tidings.env, one a line."
