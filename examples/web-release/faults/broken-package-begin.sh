#!/usr/bin/env bash
# A bad sector: one file of a package has lost its end. Nobody's list of packages shows it.
file=node_modules/next/dist/build/index.js
head -c 2000 "$file" >"$file.short"
cat "$file.short" >"$file"
file=node_modules/next/dist/server/next.js
head -c 500 "$file" >"$file.short"
cat "$file.short" >"$file"
rm node_modules/next/dist/build/index.js.short node_modules/next/dist/server/next.js.short
