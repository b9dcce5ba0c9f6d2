#!/usr/bin/env bash
# A report of the accounting locks the table again and again, for four seconds each time; its connection belongs to nobody.
export PATH=/srv/tools/bin:$PATH
sql='begin\; lock table "Creator" in access exclusive mode\; select pg_sleep(4)\; commit \watch 0.1'
PGAPPNAME=report setsid psql --quiet postgresql://postgres@127.0.0.1:5432/shop >/dev/null 2>&1 <<<"$sql" &
