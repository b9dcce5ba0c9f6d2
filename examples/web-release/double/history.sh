#!/usr/bin/env bash
# Build the git origin of the shop: history.sh ORIGIN 1.0|1.1
#
# Release 1.0 is a folder; each patch in 1.1 is one commit on top of it; their locks name the double's registry. Authors and
# dates are fixed, and no setting of the machine's git is used, so that the commits are the same everywhere and every time.
set -euo pipefail

origin=$1 release=$2
double=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
releases=$double/../releases

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 TZ=UTC
export GIT_AUTHOR_NAME="Ada Example" GIT_AUTHOR_EMAIL=ada@shop.test
export GIT_COMMITTER_NAME="Ada Example" GIT_COMMITTER_EMAIL=ada@shop.test

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -d "$origin" ]; then
  git init --quiet --bare --initial-branch=main "$origin"
fi

if [ "$release" = 1.0 ]; then
  git init --quiet --initial-branch=main "$work/shop"
  cd "$work/shop"
  cp -R "$releases/1.0/." .
  find . -path ./.git -prune -o -exec chmod u+w {} +
  python3 "$double/say-addresses.py" package-lock.json
  git add --all
  export GIT_AUTHOR_DATE=2024-09-02T09:00:00Z GIT_COMMITTER_DATE=2024-09-02T09:00:00Z
  git commit --quiet --message "Sell what creators make"
else
  # `file://`, because a plain path makes git link files, which an overlay's lower layer does not allow.
  git clone --quiet "file://$origin" "$work/shop"
  cd "$work/shop"
  for patch in "$releases/$release"/*.patch; do
    git am --quiet "$patch"
    python3 "$double/say-addresses.py" package-lock.json
    GIT_COMMITTER_DATE=$(git log -1 --format=%aI) git commit --quiet --all --amend --no-edit
  done
fi

git tag "v$release"
git push --quiet "file://$origin" main "v$release"
