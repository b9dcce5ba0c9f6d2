#!/usr/bin/env bash
# Start what runs in production, as the users it runs as there; return when it answers.
set -euo pipefail
as=/run/wetrun/bin/as
# First, for sessions begin with what every process of the double begins with, not with what is set below.
/plan/double/ssh-server.sh
# shellcheck source=/dev/null
. /etc/profile.d/shop.sh

# What npm downloads in a run is on this disk already: a second copy in npm's cache would only take up space.
setsid python3 /plan/double/registry.py serve /plan/cache/registry 4874 no-store </dev/null >/dev/null 2>&1 &
$as postgres pg_ctl --pgdata=/var/lib/postgresql/data --log=/var/lib/postgresql/log --wait --silent start
$as deploy nginx -c /plan/double/nginx.conf
cd /var/www/shop
$as deploy pm2 start --silent /var/www/shop/ecosystem.config.js
$as deploy pm2 start --silent /plan/double/neighbour.config.js

ask() { # URL
  curl --silent --fail --output /dev/null --max-time 5 "$1"
}
deadline=$((SECONDS + 60))
for url in https://shop.test:8443/api/creators http://127.0.0.1:3002/; do
  until ask "$url"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "$url does not answer:" >&2
      tail -n 20 /home/deploy/.pm2/logs/*.log >&2
      exit 1
    fi
    sleep 0.1
  done
done
