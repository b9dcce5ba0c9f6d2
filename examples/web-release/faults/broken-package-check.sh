#!/usr/bin/env bash
export PATH=/srv/tools/bin:$PATH
for file in build/index.js server/next.js; do
  node --check "node_modules/next/dist/$file" 2>/dev/null || { echo "$file cannot be read as JavaScript"; exit 0; }
done
echo "the files of the package can be read"
exit 1
