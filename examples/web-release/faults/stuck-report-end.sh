#!/usr/bin/env bash
export PATH=/srv/tools/bin:$PATH
psql -Atq postgresql://postgres@127.0.0.1:5432/shop \
  -c "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'report'"
