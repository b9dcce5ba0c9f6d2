#!/usr/bin/env bash
# The claim-once supervisor and persistent shell of one target (bash >= 4.4, coreutils, util-linux).
#
#   front SESSION GRACE ID   reads requests on stdin, answers on stderr, starts the worker, ends what must be ended
#   worker SESSION           the persistent shell: claims a step, runs it, writes its end, saves itself; tells on stdout
#   query SESSION            one command that only looks, in a shell of its own; tells on stderr
#
# A step KEY leaves in SESSION: KEY.claim (who, since when), KEY.command, KEY.out, KEY.err and KEY.end. Claim and end are
# created with O_EXCL, so each exists once; a complete one ends in " ." and anything else is a write that was cut short.
# Fields of requests and events are separated by tabs and never empty; texts come after a `=`, escaped for `printf %b`.
# Whatever the worker uses is a builtin by name: the user's functions and aliases must not get in between.

# --- shared ----------------------------------------------------------------------------------------------------------

__wetrun_path=$PATH

__wetrun_identity() { # PID -> REPLY="pid ticks boot"; fails when there is no such living process
  builtin local stat='' boot='' IFS=$' \t\n' fields
  builtin read -r -d '' stat 2>/dev/null <"/proc/$1/stat"
  # shellcheck disable=SC2206 # the fields of proc(5) after the command's name
  fields=(${stat##*) })
  [[ -n $stat && ${fields[0]} != [ZX] ]] || builtin return 1
  builtin read -r boot </proc/sys/kernel/random/boot_id
  REPLY="$1 ${fields[19]} $boot"
}

__wetrun_encode() { # FILE -> REPLY: `-` (empty), `e` and escaped text, or `b`SIZE:HEAD[:TAIL] in base64
  builtin local LC_ALL=C IFS='' PATH=$__wetrun_path text='' size
  REPLY=-
  [[ -s $1 ]] || builtin return 0
  if builtin read -r -d '' -n 1024 text <"$1"; then # a NUL, or more than a loop of single reads should take
    size=$(command stat -c %s -- "$1")
    if ((size <= 131072)); then
      REPLY="b$size:$(command base64 -w 0 -- "$1")"
    else
      REPLY="b$size:$(command head -c 65536 -- "$1" | command base64 -w 0)"
      REPLY+=":$(command tail -c 65536 -- "$1" | command base64 -w 0)"
    fi
    builtin return 0
  fi
  text=${text//\\/\\\\}
  text=${text//$'\n'/\\n}
  REPLY="e${text//$'\t'/\\t}"
}

__wetrun_last() { # FILE -> REPLY: its last line; fails unless that is complete
  builtin local line IFS=''
  REPLY=
  [[ -s $1 ]] || builtin return 1
  while builtin read -r line || [[ -n $line ]]; do REPLY=$line; done <"$1"
  [[ $REPLY == *' .' ]]
}

__wetrun_elapsed() { # BEGUN SINCE -> REPLY: microseconds by the wall clock (or `-`), and ticks by the steady one
  builtin local ticks now=${EPOCHREALTIME-} IFS=$' \t\n'
  builtin read -r ticks _ </proc/uptime
  REPLY=-
  [[ -z $now ]] || REPLY=$((${now//[.,]/} - ${1//[.,]/}))
  REPLY+=$'\t'$((${ticks/./} - $2))
}

__wetrun_tell() { # BASE FD: write the event of a complete end
  builtin local end out
  __wetrun_last "$1.end"
  end=${REPLY% .}
  __wetrun_encode "$1.out"
  out=$REPLY
  __wetrun_encode "$1.err"
  builtin printf 'end\t%s\t%s\t%s\t%s\n' "${1##*/}" "$end" "$out" "$REPLY" >&"$2"
}

__wetrun_create() { # FILE TEXT: create it, or fail because it exists (or cannot be written)
  builtin local result
  builtin set -C
  { builtin printf '%s\n' "$2" >"$1"; } 2>/dev/null
  result=$?
  builtin set +C
  builtin return "$result"
}

# --- front and query: ending a tree -----------------------------------------------------------------------------------

read_claim() { # BASE -> claim=(pid ticks boot since children…); fails when it was never made, or cut short
  local text=
  claim=()
  [[ -e $1.claim ]] || return 1
  read -r text <"$1.claim"
  [[ $text == *' .' ]] || return 1
  # shellcheck disable=SC2206
  claim=(${text% .})
}

lives() { # PID TICKS BOOT: that process is still there
  __wetrun_identity "$1" && [[ $REPLY == "$1 $2 $3" ]]
}

find_tree() { # BASE, with its claim read -> members=(pids, parents first)
  # In the tree are: the shell, what it started since the claim, whatever carries the step's mark in its environment
  # (setsid, double forks), and orphans that never called exec (by session). Not in it: what earlier steps left behind.
  local path pid text item since=${claim[3]} root=${claim[0]} mark=$'\n'WETRUN_STEP=$1$'\n'
  local -A parent=() session_of=() kind=() seen=()
  local -a fields variables queue=()
  members=()
  for path in /proc/[0-9]*; do
    text=
    read -r -d '' text <"$path/stat"
    # shellcheck disable=SC2206
    fields=(${text##*) })
    [[ -n $text && ${fields[0]} != [ZX] ]] || continue
    pid=${path#/proc/}
    parent[$pid]=${fields[1]} session_of[$pid]=${fields[3]} kind[$pid]=old
    ((fields[19] >= since)) || continue
    variables=()
    mapfile -t -d '' variables <"$path/environ"
    printf -v text '\n%s' "${variables[@]}"
    case $text$'\n' in
      *"$mark"*) kind[$pid]=mine ;;
      *$'\n'WETRUN_STEP=*) kind[$pid]=other ;;
      *) kind[$pid]=none ;;
    esac
  done
  for pid in "${claim[@]:4}"; do kind[$pid]=old; done
  ! lives "${claim[@]:0:3}" || queue=("$root")
  for pid in "${!kind[@]}"; do
    if [[ ${kind[$pid]} == mine ]] ||
      [[ ${kind[$pid]} == none && ${session_of[$pid]} == "$root" && ${session_of[${parent[$pid]}]-} != "$root" ]]; then
      queue+=("$pid")
    fi
  done
  while ((${#queue[@]})); do
    item=${queue[0]} queue=("${queue[@]:1}")
    [[ -z ${seen[$item]-} && $item != "$$" && $item != "$BASHPID" ]] || continue
    seen[$item]=1 members+=("$item")
    for pid in "${!parent[@]}"; do
      [[ ${parent[$pid]} != "$item" || ${kind[$pid]} == old || ${kind[$pid]} == other ]] || queue+=("$pid")
    done
  done
}

end_tree() { # BASE, with its claim read -> left: processes that could not be ended (or `-`)
  local tries=0 pid
  local -A asked=()
  while find_tree "$1" && ((${#members[@]} && tries < 140)); do
    for pid in "${members[@]}"; do
      if ((tries >= 40)); then kill -KILL "$pid"; elif [[ -z ${asked[$pid]-} ]]; then kill -TERM "$pid"; fi
      asked[$pid]=1
    done
    sleep 0.05
    ((tries += 1))
  done
  left=${members[*]}
  left=${left// /,}
  left=${left:--}
}

end_step() { # KEY REASON: end a step; creating its end file decides between this and its natural end
  local base=$session/$1 ender now
  left=-
  if [[ -n $worker && $1 == "$current" && ! -e $base.claim ]]; then # it may be claimed at any moment: prevent that
    kill -KILL "$worker"
    wait "$worker"
    worker=
  fi
  read_claim "$base" || return 0
  if [[ ! -s $base.end ]] && ! lives "${claim[@]:0:3}" && [[ ! -s $base.end ]]; then
    end_tree "$base" # nobody saw its end, and nobody will
    return 0
  fi
  if ! __wetrun_create "$base.end" "ending $2 $self"; then
    __wetrun_last "$base.end" && return 0
    # shellcheck disable=SC2206
    ender=($REPLY)
    [[ ${ender[0]-} == ending ]] || return 0
    ! lives "${ender[@]:2:3}" || return 0
  fi
  trap : TERM
  end_tree "$base"
  [[ $worker != "${claim[0]}" ]] || worker=
  read -r now _ </proc/uptime
  printf 'ended\t%s\t%s\t%s .\n' "$2" "$((${now/./} - claim[3]))" "$left" >>"$base.end"
  trap 'exit 0' TERM
}

split() { # LINE -> fields
  local IFS=$'\t'
  set -f
  # shellcheck disable=SC2206
  fields=($1)
  set +f
}

punch() { # BASE: give the disk back what nobody will read of a long output
  local stream size
  for stream in out err; do
    [[ -s $1.$stream ]] || continue
    size=$(stat -c %s -- "$1.$stream")
    ((size <= 33554432)) || fallocate -p -o 131072 -l "$((size - 1048576))" -- "$1.$stream"
  done
}

# --- front -----------------------------------------------------------------------------------------------------------

answer() { # FIELD…
  local IFS=$'\t'
  printf '%s\n' "$*" >&210
}

open_session() { # ID: find or make the folder, and take it over from a front that lost its connection
  local owner=() line
  boot=fresh
  [[ -d $session ]] || (umask 077 && mkdir -p -- "$session") || { answer refused session "=$session" && exit 1; }
  if [[ -s $session/boot ]]; then
    boot=same
    read -r line <"$session/boot"
    [[ $line == "${self##* }" ]] || boot=rebooted
  else
    printf '%s\n' "${self##* }" >"$session/boot" || { answer refused session "=$session" && exit 1; }
  fi
  [[ ! -s $session/owner ]] || IFS=' ' read -r -a owner <"$session/owner"
  ! lives "${owner[@]:0:3}" || kill -TERM "${owner[0]}"
  printf '%s\n' "$self" >"$session/owner"
  supervisor=$session/supervisor.$1
  if [[ ! -e $supervisor ]]; then
    printf '%s\n' "$__wetrun_source" >"$supervisor.$$" && mv -f -- "$supervisor.$$" "$supervisor"
  fi
}

start_worker() {
  local entry
  exec 212>&-
  exec 212> >(exec setsid bash "$supervisor" worker "$session" 210>&-)
  worker=$!
  for entry in "${setup[@]}"; do printf '%s\n' "$entry"; done >&212
  printf 'load\n' >&212
}

follow() { # KEY LIMIT OUTLIVE: from now on this is the step to look after
  current=$1 deadline=$((SECONDS + ${2%.*} + 5)) outlive=$3 punched=$SECONDS retried=
}

settle_dead_worker() { # the shell is gone without a word: `exec`, a signal, or it never got the request
  local base=$session/$current code now
  wait "$worker"
  code=$? worker=
  if read_claim "$base"; then
    ((code <= 128)) || end_tree "$base"
    read -r now _ </proc/uptime
    __wetrun_create "$base.end" "done"$'\t'"$code"$'\t'-$'\t'"$((${now/./} - claim[3]))"$'\t'"- ."
  elif [[ -e $base.claim || -n $retried ]]; then
    answer error "$current" '=the shell ended before the command could start'
    current=
  else
    retried=1
    start_worker
    printf '%s\n' "$request" >&212
  fi
}

check_step() { # look after the current step: an end that the shell cannot tell itself, its limit, its output
  local base=$session/$current
  if __wetrun_last "$base.end"; then
    case $REPLY in
      exited*)
        ((adopted)) || wait "$worker"
        ((adopted)) || worker=
        adopted=1
        ;;
      ended*) adopted=1 ;;
      *) ((adopted)) || kill -0 "$worker" || adopted=1 ;;
    esac
    ((!adopted)) || __wetrun_tell "$base" 210
    current=
  elif [[ $REPLY == 'ending '* ]]; then # by a front that died over it, or is still at it
    REPLY=${REPLY#ending }
    end_step "$current" "${REPLY%% *}"
  elif ((!adopted)) && ! kill -0 "$worker"; then
    settle_dead_worker
  elif ((adopted)) && ! { read_claim "$base" && lives "${claim[@]:0:3}"; } && [[ ! -s $base.end ]]; then
    answer unknown "$current"
    current=
  elif ((SECONDS > deadline)); then
    end_step "$current" time-limit
  elif ((SECONDS > punched)); then
    punch "$base"
    punched=$SECONDS
  fi
}

look() { # KEY -> REPLY: how far it is
  local base=$session/$1
  if [[ ! -e $base.claim ]]; then
    REPLY=never-started
  elif __wetrun_last "$base.end"; then
    REPLY=ended
  elif [[ $REPLY == ending* ]] || { read_claim "$base" && lives "${claim[@]:0:3}"; }; then
    REPLY=running
  elif __wetrun_last "$base.end"; then # it ended while we looked
    REPLY=ended
  else
    REPLY=unknown
  fi
}

handle() { # one request
  local fields dir
  split "$1"
  case ${fields[0]} in
    export | secret) setup+=("$1") ;;
    cd)
      setup+=("$1")
      printf -v dir %b "${fields[1]#=}"
      case $dir in '~' | '~/'*) dir=$HOME${dir:1} ;; esac
      [[ -d $dir && -x $dir ]] || answer refused directory "${fields[1]}"
      ;;
    hello) answer ready "$boot" "=$session" "$BASH_VERSION" ;;
    run) # KEY LIMIT OUTLIVE =COMMAND [NAME =VALUE]…
      [[ -z $current ]] || check_step
      if [[ -n $current ]]; then
        answer error "${fields[1]}" "=\`$current\` is still running in this shell"
        return
      fi
      if [[ -z $worker ]] || ! kill -0 "$worker"; then start_worker; fi
      request=$1 adopted=0
      follow "${fields[@]:1:3}"
      printf '%s\n' "$1" >&212
      ;;
    attach) # KEY LIMIT OUTLIVE
      adopted=1
      follow "${fields[@]:1:3}"
      check_step
      ;;
    look)
      look "${fields[1]}"
      answer progress "${fields[1]}" "$REPLY"
      ;;
    end) # KEY REASON
      end_step "${fields[1]}" "${fields[2]}"
      answer stopped "${fields[1]}" "$left"
      [[ ${fields[1]} != "$current" ]] || if [[ -e $session/$current.claim ]]; then check_step; else
        answer never "$current"
        current=
      fi
      ;;
    close)
      grace=0
      leave
      ;;
  esac
}

leave() { # the controller is gone, or wants us to go
  local until=$((SECONDS + grace)) tries=0
  while [[ -n $current ]] && ((!outlive && SECONDS < until)); do
    sleep 0.5
    check_step
  done
  [[ -z $current ]] || check_step
  [[ -z $current ]] || ((outlive)) || end_step "$current" controller-gone
  exec 212>&- # the shell ends when it has nothing left to do
  if [[ -n $worker && (-z $current || $outlive == 0) ]]; then
    while kill -0 "$worker" && ((tries++ < 100)); do sleep 0.02; done
    kill -KILL "$worker"
  fi
  answer closed
  exit 0
}

front() { # SESSION GRACE ID
  local part line='' status
  session=$1 grace=$2 worker='' current='' left=- setup=()
  exec 210>&2 2>/dev/null
  trap : PIPE HUP INT
  trap 'exit 0' TERM
  __wetrun_identity "$$"
  self=$REPLY
  open_session "$3"
  while :; do
    part=
    if [[ -n $current ]]; then IFS='' read -r -t 0.1 part; else IFS='' read -r part; fi
    status=$?
    line+=$part
    if ((status == 0)); then
      handle "$line"
      line=
    elif ((status <= 128)); then
      leave
    fi
    [[ -z $current ]] || check_step
  done
}

# --- query -----------------------------------------------------------------------------------------------------------

guard_query() { # LIMIT: end the query when its time is over, or when nobody waits for it any more
  local reason=time-limit status
  read -r -t "$1" _
  status=$?
  ((status > 128)) || reason=stopped
  end_step "$current" "$reason"
}

query() { # SESSION; on stdin: cd, export and secret as for the front, then: run KEY LIMIT =COMMAND =STDIN
  local line entry fields=() base child guard code since begun
  session=$1 worker='' setup=()
  exec 210>&2 2>/dev/null
  __wetrun_identity "$$"
  self=$REPLY
  while IFS='' read -r line && [[ $line != run* ]]; do setup+=("$line"); done
  split "$line"
  [[ ${fields[0]-} == run ]] || exit 1
  current=${fields[1]} base=$session/${fields[1]}
  printf %b "${fields[3]#=}" >"$base.command"
  read -r since _ </proc/uptime
  begun=${EPOCHREALTIME-}
  {
    exec 210>&- < <(printf %b "${fields[4]#=}")
    for entry in "${setup[@]}"; do
      split "$entry"
      printf -v entry %b "${fields[-1]#=}"
      case $entry in '~' | '~/'*) [[ ${fields[0]} != cd ]] || entry=$HOME${entry:1} ;; esac
      if [[ ${fields[0]} == cd ]]; then cd -- "$entry" || exit 126; else export "${fields[1]}=$entry"; fi
    done
    export WETRUN_STEP=$base
    exec setsid bash -e -o pipefail "$base.command"
  } >"$base.out" 2>"$base.err" &
  child=$!
  ! __wetrun_identity "$child" || printf '%s %s .\n' "$REPLY" "${since/./}" >"$base.claim"
  guard_query "${fields[2]}" <&0 >/dev/null &
  guard=$!
  wait "$child"
  code=$?
  __wetrun_elapsed "$begun" "${since/./}"
  if __wetrun_create "$base.end" "done"$'\t'"$code"$'\t'"$REPLY"$'\t'"- ."; then kill -KILL "$guard"; else wait "$guard"; fi
  __wetrun_tell "$base" 210
  PATH=$__wetrun_path rm -f -- "$base".*
}

# --- worker ----------------------------------------------------------------------------------------------------------

__wetrun_save() { # BASE: write down the shell so that the next one can go on with it, without what is secret
  builtin local IFS=$' \t\n' __wetrun_name __wetrun_value __wetrun_ref __wetrun_keep __wetrun_hidden=' ' __wetrun_all
  __wetrun_keep=()
  builtin eval "__wetrun_all=($__wetrun_every_name)"
  for __wetrun_name in "${__wetrun_secrets[@]}"; do __wetrun_hidden+="$__wetrun_name "; done
  for __wetrun_name in "${__wetrun_all[@]}"; do
    case $__wetrun_name in
      __wetrun_* | BASH | BASHOPTS | BASHPID | BASH_[!E]* | COMP_* | DIRSTACK | EPOCH* | EUID | FUNCNAME | GROUPS) builtin continue ;;
      HISTCMD | LINENO | PIPESTATUS | PPID | PWD | RANDOM | SECONDS | SHELLOPTS | SRANDOM | UID | WETRUN_STEP | _) builtin continue ;;
    esac
    [[ $__wetrun_hidden != *" $__wetrun_name "* ]] || builtin continue
    __wetrun_ref=$__wetrun_name"[*]"
    for __wetrun_value in "${__wetrun_secret_values[@]}"; do
      [[ ${!__wetrun_ref-} != *"$__wetrun_value"* ]] || builtin continue 2
    done
    __wetrun_keep+=("$__wetrun_name")
  done
  ((__wetrun_number += 1))
  {
    builtin printf '# %s\n' "$__wetrun_number"
    builtin shopt -p
    builtin declare -f
    ((!${#__wetrun_keep[@]})) || builtin declare -p "${__wetrun_keep[@]}"
    builtin printf '__wetrun_kept=(%s)\n' "${__wetrun_keep[*]}"
    for __wetrun_name in "${!BASH_ALIASES[@]}"; do
      for __wetrun_value in "${__wetrun_secret_values[@]}"; do
        [[ ${BASH_ALIASES[$__wetrun_name]} != *"$__wetrun_value"* ]] || builtin continue 2
      done
      builtin alias -- "$__wetrun_name"
    done
    builtin umask -p
    builtin set +o
    builtin printf '__wetrun_flags=%q __wetrun_directory=%q\n# end\n' "$__wetrun_flags" "$PWD"
  } >|"$__wetrun_session/state.$$.$((__wetrun_number & 1))"
}

__wetrun_claim() { # KEY: take it, or say whose it is
  builtin local since children='' IFS=$' \t\n'
  builtin read -r since _ </proc/uptime
  builtin read -r children <"/proc/$$/task/$$/children"
  __wetrun_since=${since/./}
  __wetrun_create "$__wetrun_session/$1.claim" "$__wetrun_self $__wetrun_since $children ." && builtin return 0
  if [[ -e $__wetrun_session/$1.claim ]]; then
    builtin printf 'claimed\t%s\n' "$1" >&211
  else
    builtin printf 'error\t%s\t=the session folder cannot be written\n' "$1" >&211
  fi
  builtin return 1
}

__wetrun_finish() { # HOW CODE: write the end of the running step; fails when somebody is already ending it
  __wetrun_elapsed "$__wetrun_begun" "$__wetrun_since"
  __wetrun_create "$__wetrun_base.end" "$1"$'\t'"$2"$'\t'"$REPLY"$'\t'"${__wetrun_at:--} ."
}

__wetrun_left() { # CODE: the shell exits; if that is a command's doing it is the command's end, and the front will tell
  builtin trap - ERR
  builtin set +aefkuvxC
  [[ -z $__wetrun_base ]] || __wetrun_finish exited "$1"
}

case ${1-} in
  front)
    front "${@:2}"
    exit
    ;;
  query)
    query "${@:2}"
    exit
    ;;
esac

# From here on at the top level and not in a function, so that `declare` in a command means what it means in a terminal.

exec 211>&1 212<&0 </dev/null >/dev/null 2>&1
__wetrun_session=$2 __wetrun_base='' __wetrun_number=0 __wetrun_flags='' __wetrun_directory='' __wetrun_lost=''
__wetrun_secrets=() __wetrun_secret_values=() __wetrun_kept=()
__wetrun_identity "$$"
__wetrun_self=$REPLY
builtin printf -v __wetrun_every_name ' "${!%s@}"' _ {a..z} {A..Z}
set --
unset -f read_claim lives find_tree end_tree end_step split punch answer open_session start_worker follow settle_dead_worker
unset -f check_step look handle leave front guard_query query
readonly -f __wetrun_identity __wetrun_encode __wetrun_last __wetrun_elapsed __wetrun_tell __wetrun_create __wetrun_save
readonly -f __wetrun_claim __wetrun_finish __wetrun_left
shopt -s expand_aliases
set -E -o pipefail
trap '__wetrun_left "$?"' EXIT

# A command that fails where bash has `set -e` look: a subshell ends, a function returns, and so does the command's file.
__wetrun_on_error='__wetrun_failed=$? __wetrun_line=$LINENO
  if ((BASH_SUBSHELL)); then builtin exit "$__wetrun_failed"; fi
  case $- in *e*) builtin set +e; __wetrun_errexit=e ;; esac
  if [[ -z $__wetrun_at && ${BASH_SOURCE[0]-} == "$__wetrun_base.command" ]]; then __wetrun_at=$__wetrun_line; fi
  if ((${#BASH_SOURCE[@]} > 1)); then builtin return "$__wetrun_failed"; fi'

while IFS=$'\t' builtin read -r -u 212 -a __wetrun_request; do
  case ${__wetrun_request[0]-} in
    cd)
      builtin printf -v __wetrun_text %b "${__wetrun_request[1]#=}"
      case $__wetrun_text in '~' | '~/'*) __wetrun_text=$HOME${__wetrun_text:1} ;; esac
      builtin cd -- "$__wetrun_text" || __wetrun_lost=$__wetrun_text
      ;;
    export | secret)
      builtin printf -v __wetrun_text %b "${__wetrun_request[2]#=}"
      builtin export "${__wetrun_request[1]}=$__wetrun_text"
      if [[ ${__wetrun_request[0]} == secret ]]; then
        __wetrun_secrets+=("${__wetrun_request[1]}")
        if ((${#__wetrun_text} >= 4)); then __wetrun_secret_values+=("$__wetrun_text"); fi
      fi
      ;;
    load) # the newest complete state that a shell of this session left, if any
      __wetrun_newest='' __wetrun_most=-1
      for __wetrun_text in "$__wetrun_session"/state.*; do
        [[ -s $__wetrun_text ]] || builtin continue
        builtin mapfile -t __wetrun_lines <"$__wetrun_text"
        [[ ${__wetrun_lines[-1]} == '# end' ]] || builtin continue
        if ((${__wetrun_lines[0]#\# } > __wetrun_most)); then
          __wetrun_most=${__wetrun_lines[0]#\# } __wetrun_newest=$__wetrun_text
        fi
      done
      if [[ -n $__wetrun_newest ]]; then
        __wetrun_number=$__wetrun_most
        # shellcheck disable=SC1090
        builtin source "$__wetrun_newest"
        builtin set +aefkuvxC
        for __wetrun_text in $(builtin compgen -e); do
          case " ${__wetrun_kept[*]} ${__wetrun_secrets[*]} PWD WETRUN_STEP _ " in
            *" $__wetrun_text "*) ;;
            *) builtin unset -v "$__wetrun_text" ;;
          esac
        done
        __wetrun_lost=
        builtin cd -- "$__wetrun_directory" || __wetrun_lost=$__wetrun_directory
      fi
      ;;
    run) # KEY LIMIT OUTLIVE =COMMAND [NAME =VALUE]…
      if [[ -n $__wetrun_lost ]]; then
        builtin printf 'error\t%s\t=the directory %q is not there any more\n' "${__wetrun_request[1]}" "$__wetrun_lost" >&211
        builtin continue
      fi
      __wetrun_claim "${__wetrun_request[1]}" || builtin continue
      __wetrun_base=$__wetrun_session/${__wetrun_request[1]}
      builtin printf %b "${__wetrun_request[4]#=}" >"$__wetrun_base.command"
      for ((__wetrun_i = 5; __wetrun_i < ${#__wetrun_request[@]}; __wetrun_i += 2)); do
        builtin printf -v __wetrun_text %b "${__wetrun_request[__wetrun_i + 1]#=}"
        builtin export "${__wetrun_request[__wetrun_i]}=$__wetrun_text"
      done
      builtin export WETRUN_STEP=$__wetrun_base
      __wetrun_code=125 __wetrun_at='' __wetrun_errexit='' __wetrun_begun=${EPOCHREALTIME-}
      for __wetrun_once in 1; do # so that a stray `break` ends the command and not this loop
        builtin trap "$__wetrun_on_error" ERR
        if [[ -n $__wetrun_flags ]]; then builtin set "-$__wetrun_flags"; fi
        # shellcheck disable=SC1090
        builtin source "$__wetrun_base.command" </dev/null >>"$__wetrun_base.out" 2>>"$__wetrun_base.err" 211>&- 212<&-
        __wetrun_code=$?
      done
      builtin trap - ERR
      __wetrun_flags=$__wetrun_errexit${-//[!aefkuvxC]/}
      builtin set +aefkuvxC
      __wetrun_save
      if __wetrun_finish 'done' "$__wetrun_code"; then __wetrun_tell "$__wetrun_base" 211; fi
      __wetrun_base=
      ;;
  esac
done
__wetrun_base=
