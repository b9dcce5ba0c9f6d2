#!/usr/bin/env bash
# Start OpenSSH's server as the user whom it lets in, which it may do without being root.
set -euo pipefail
as=/run/wetrun/bin/as
folder=/home/deploy/.ssh/server
sshd=$(PATH=/srv/tools/bin:$PATH:/usr/sbin:/sbin command -v sshd)

$as deploy mkdir --mode=700 "$folder"
$as deploy install --mode=600 /dev/stdin "$folder/host-key" </etc/ssh/ssh_host_ed25519_key
# A session has the variables that every process of the double has, as PAM would read them from /etc/environment.
env | grep -E '^(PATH|LANG|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|WETRUN[A-Z_]*)=' |
  $as deploy tee /home/deploy/.ssh/environment >/dev/null
# Since OpenSSH 9.8 it has programs of its own, which it looks for where they would be installed.
own=/plan/cache/tools/debian/usr/lib/openssh
paths=
if [ -e "$own/sshd-session" ]; then
  paths="SshdSessionPath $own/sshd-session"$'\n'"SshdAuthPath $own/sshd-auth"
fi
$as deploy tee "$folder/config" >/dev/null <<CONFIG
Port 2222
ListenAddress 127.0.0.1
HostKey $folder/host-key
PidFile none
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserEnvironment yes
Subsystem sftp internal-sftp
$paths
CONFIG
$as deploy "$sshd" -f "$folder/config" -E "$folder/log"
# It goes into the background before it listens.
deadline=$((SECONDS + 20))
until (: </dev/tcp/127.0.0.1/2222) 2>/dev/null; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "the ssh server does not answer:" >&2
    tail -n 20 "$folder/log" >&2
    exit 1
  fi
  sleep 0.02
done
