#!/usr/bin/env bash
export PATH=/srv/tools/bin:$PATH
count=$(psql -At postgresql://postgres@127.0.0.1:5432/shop \
  -c "select count(*) from pg_stat_activity where application_name = 'report'") || exit 2
echo "$count connections of the report"
[ "$count" -gt 0 ]
