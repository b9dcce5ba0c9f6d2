#!/usr/bin/env bash
# Build the git origin of the notes service: history.sh ORIGIN 1.4.2|1.5.0
#
# Release 1.4.2 is a folder; each patch in 1.5.0 is one commit on top of it. Authors and dates are fixed, and no setting of
# the machine's git is used, so that the commits are the same everywhere and every time.
set -euo pipefail

origin=$1 release=$2
releases=$(cd "$(dirname "${BASH_SOURCE[0]}")/../releases" && pwd)

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 TZ=UTC
export GIT_AUTHOR_NAME="Ada Example" GIT_AUTHOR_EMAIL=ada@notes.test
export GIT_COMMITTER_NAME="Ada Example" GIT_COMMITTER_EMAIL=ada@notes.test

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -d "$origin" ]; then
  git init --quiet --bare --initial-branch=main "$origin"
fi

if [ "$release" = 1.4.2 ]; then
  git init --quiet --initial-branch=main "$work/notes"
  cd "$work/notes"
  # The service as it was once, without tags; then what is in production today.
  cp -R "$releases/1.4.2/." .
  find . -path ./.git -prune -o -exec chmod u+w {} +
  mkdir "$work/later"
  mv migrations/0002_* "$work/later/"
  git add --all
  export GIT_AUTHOR_DATE=2024-05-02T09:00:00Z GIT_COMMITTER_DATE=2024-05-02T09:00:00Z
  git commit --quiet --message "Keep notes and serve them"
  mv "$work/later/"* migrations/
  git add --all
  export GIT_AUTHOR_DATE=2024-05-16T14:30:00Z GIT_COMMITTER_DATE=2024-05-16T14:30:00Z
  git commit --quiet --message "Give notes tags"
else
  # `file://`, because a plain path makes git link files, which an overlay's lower layer does not allow.
  git clone --quiet "file://$origin" "$work/notes"
  cd "$work/notes"
  for patch in "$releases/$release"/*.patch; do
    git am --quiet --committer-date-is-author-date "$patch"
  done
fi

git tag "v$release"
git push --quiet "file://$origin" main "v$release"
