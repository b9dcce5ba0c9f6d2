# shellcheck shell=sh
# The server's programs, for every login (/etc/profile.d/shop.sh).
export PATH="/srv/tools/bin:$PATH"
export NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 PM2_DISCRETE_MODE=true
