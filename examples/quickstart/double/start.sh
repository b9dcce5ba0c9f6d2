#!/usr/bin/env bash
# Start what runs in production, as the user it runs as there; return when it answers.
set -euo pipefail

# By its path, since many machines have an assembler called `as`.
/run/wetrun/bin/as deploy /srv/bin/procsy up

answer() {
  exec 3<>/dev/tcp/127.0.0.1/8080 || return 1
  printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
  grep -q '"status": "ok"' <&3
}

deadline=$((SECONDS + 10))
until (answer) 2>/dev/null; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "the notes service does not answer:" >&2
    tail -n 20 /srv/procsy/log/*.log /var/www/notes/log/notes.log >&2
    exit 1
  fi
  sleep 0.02
done
