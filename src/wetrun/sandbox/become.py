"""The command `as USER COMMAND…` for the double's scripts: `su` needs rights that a world of one user has not."""

__all__ = ["as_script"]

_AS = r"""#!/bin/sh
# as USER COMMAND [ARGUMENT...]: run a command as a user of the double, in a user namespace of its own.
[ $# -ge 2 ] || { echo 'usage: as USER COMMAND [ARGUMENT...]' >&2; exit 2; }
user=$1
shift
[ "$user" != root ] || exec "$@"
while IFS=: read -r name _ uid gid _ home _ <&3; do
  [ "$name" = "$user" ] || continue
  exec unshare --user --map-user="$uid" --map-group="$gid" -- \
    env HOME="$home" USER="$user" LOGNAME="$user" "$@" 3<&-
done 3</etc/passwd
echo "as: the double has no user \`$user\`; name it under \`double.users\`" >&2
exit 1
"""


def as_script() -> dict[str, str]:
    """The script, below `/run/wetrun`."""
    return {"bin/as": _AS}
