"""`sleep` for rehearsals in which waits pass faster than in production."""

__all__ = ["sleep_script"]

_SLEEP = r"""#!/bin/bash
# sleep, SPEED times as fast: `sleep 30` in a plan must not cost 30 seconds in every rehearsal of it.
export LC_ALL=C
for sleep in /usr/bin/sleep /bin/sleep; do [ -x "$sleep" ] && break; done
shorter=()
for one; do
  [[ $one =~ ^([0-9]+\.?[0-9]*|\.[0-9]+)([smhd]?)$ ]] || exec "$sleep" "$@"
  case ${BASH_REMATCH[2]} in m) unit=60 ;; h) unit=3600 ;; d) unit=86400 ;; *) unit=1 ;; esac
  shorter+=("$(awk -v n="${BASH_REMATCH[1]}" -v u="$unit" 'BEGIN { printf "%.6f", n * u / SPEED }')")
done
exec "$sleep" "${shorter[@]}"
"""


def sleep_script(speed: float) -> dict[str, str]:
    """The script, below `/run/wetrun`; none at speed 1."""
    return {"shims/sleep": _SLEEP.replace("SPEED", f"{speed:g}")} if speed != 1 else {}
