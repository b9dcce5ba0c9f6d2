#!/usr/bin/env bash
# Build what production is before the deployment. Runs once, as root, inside the sandbox; this folder's parent is /plan.
set -euo pipefail

# The supervisor, with its configuration.
mkdir -p /srv/bin /srv/git /srv/backups /srv/procsy/run /srv/procsy/log /var/www
install -m 755 /plan/double/procsy /srv/bin/procsy
install -m 644 /plan/double/procsy.ini /srv/procsy/procsy.ini

# The origin, at the release that is in production, and production's clone of it.
/plan/double/history.sh /srv/git/notes.git 1.4.2
git clone --quiet file:///srv/git/notes.git /var/www/notes

# What is in production only: configuration, data, a log.
cd /var/www/notes
cat > .env <<'ENV'
# notes, production
NOTES_LISTEN=127.0.0.1:8080
NOTES_DATABASE=data/notes.db
NOTES_LOG=log/notes.log
NOTES_SIGNING_KEY=7d0c-only-for-rehearsals
ENV
mkdir -p data log
python3 manage.py migrate
python3 manage.py seed --count 480

# The next release has been pushed, and is not deployed yet.
/plan/double/history.sh /srv/git/notes.git 1.5.0

# All of it belongs to the user as whom the service runs. (Where a sandbox has one user under many names, it does so already.)
if ! /run/wetrun/bin/as deploy test -O /var/www/notes; then
  chown -R deploy: /srv/git /srv/backups /srv/procsy /var/www/notes
fi
