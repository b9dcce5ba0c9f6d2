#!/usr/bin/env bash
# The claim-once supervisor and persistent shell of one target (bash >= 4.4, coreutils, util-linux).
#
#   front SESSION GRACE ID   reads requests on stdin, answers on stderr, starts the worker, ends what must be ended
#   worker SESSION           the persistent shell: claims a step, runs it, writes its end, saves itself; tells on stdout
#   query SESSION            one command that only looks, in a shell of its own; tells on stderr
#
# A step has one file in SESSION, named by its key. Its creation (O_EXCL) is the claim: one line that says which process took
# it, when, where the output goes, and what ran before. Its last line is the end. A complete line ends in " ."; anything else
# is a write that was cut short, and then the truth is that nobody knows. Fields of requests and events are separated by tabs
# and never empty; texts come after a `=`, escaped for `printf %b`. Nothing is forked for an ordinary step.
#
# The worker shares its shell with the user's commands. So it calls builtins as such, past functions; text that is read while
# commands run (traps, states, `$(…)`) has a `\` where an alias might stand; every variable of ours is `__wetrun_*`, as any
# other name may be readonly or have a type; and what runs while a command's `set -x` holds has its stderr go nowhere.
#
# shellcheck disable=SC2206 # lines of ours are split at white space on purpose

# --- shared ----------------------------------------------------------------------------------------------------------

__wetrun_path=$PATH

__wetrun_identity() { # PID -> __wetrun_reply="pid ticks boot"; fails when there is no such living process
  builtin local stat='' boot='' IFS=$' \t\n' fields
  builtin read -r -d '' stat 2>/dev/null <"/proc/$1/stat"
  fields=(${stat##*) }) # proc(5), from the state on: a command's name may hold anything
  [[ -n $stat && ${fields[0]} != [ZX] ]] || builtin return 1
  builtin read -r boot </proc/sys/kernel/random/boot_id
  __wetrun_reply="$1 ${fields[19]} $boot"
}

__wetrun_encode() { # FILE -> __wetrun_reply: `-` (empty), `e` and escaped text, or `b`SIZE:HEAD[:TAIL] in base64
  builtin local LC_ALL=C IFS='' PATH=$__wetrun_path __wetrun_text='' __wetrun_size
  __wetrun_reply=-
  [[ -s $1 ]] || builtin return 0
  if builtin read -r -d '' -n 1024 __wetrun_text <"$1"; then # a NUL, or more than a loop of single reads should take
    __wetrun_size=$(\builtin command stat -c %s -- "$1")
    if ((__wetrun_size <= 131072)); then
      __wetrun_reply="b$__wetrun_size:$(\builtin command base64 -w 0 -- "$1")"
    else
      __wetrun_reply="b$__wetrun_size:$(\builtin command head -c 65536 -- "$1" | \builtin command base64 -w 0)"
      __wetrun_reply+=":$(\builtin command tail -c 65536 -- "$1" | \builtin command base64 -w 0)"
    fi
    builtin return 0
  fi
  __wetrun_text=${__wetrun_text//\\/\\\\}
  __wetrun_text=${__wetrun_text//$'\n'/\\n}
  __wetrun_reply="e${__wetrun_text//$'\t'/\\t}"
}

__wetrun_end() { # BASE -> __wetrun_reply: the last line; fails unless it is a complete end
  builtin local __wetrun_ends
  __wetrun_reply=
  [[ -s $1 ]] || builtin return 1
  builtin mapfile -t __wetrun_ends <"$1"
  __wetrun_reply=${__wetrun_ends[-1]}
  [[ $__wetrun_reply == @(done|exited|ended)$'\t'*' .' ]]
}

__wetrun_elapsed() { # BEGUN SINCE -> __wetrun_reply: microseconds of the wall clock (or `-`), ticks of the steady one
  builtin local __wetrun_uptime __wetrun_ticks __wetrun_now=${EPOCHREALTIME-}
  builtin mapfile -t __wetrun_uptime </proc/uptime # a command may have made IFS readonly, so nothing is split by it
  __wetrun_ticks=${__wetrun_uptime[0]%% *}
  __wetrun_reply=-
  [[ -z $__wetrun_now ]] || __wetrun_reply=$((${__wetrun_now//[.,]/} - ${1//[.,]/}))
  __wetrun_reply+=$'\t'$((${__wetrun_ticks/./} - $2))
}

__wetrun_tell() { # BASE END FD: write the event of an end
  builtin local __wetrun_out IFS=$' \t\n' __wetrun_fields
  builtin read -r -a __wetrun_fields <"$1"
  __wetrun_encode "${1%/*}/${__wetrun_fields[4]}.out"
  __wetrun_out=$__wetrun_reply
  __wetrun_encode "${1%/*}/${__wetrun_fields[4]}.err"
  builtin printf 'end\t%s\t%s\t%s\t%s\n' "${1##*/}" "${2% .}" "$__wetrun_out" "$__wetrun_reply" >&"$3"
}

# --- ending a tree (front and query) ---------------------------------------------------------------------------------

read_claim() { # BASE -> claim=(pid ticks boot since output children…); fails when it was never made, or cut short
  local text=''
  claim=()
  [[ -s $1 ]] || return 1
  read -r text <"$1"
  [[ $text == *' .' ]] || return 1
  claim=(${text% .})
}

lives() { # PID TICKS BOOT: that process is still there
  __wetrun_identity "$1" && [[ $__wetrun_reply == "$1 $2 $3" ]]
}

look_around() { # BASE, with its claim read -> parent, session_of and kind of every process
  local path pid text fields variables mark=$'\n'WETRUN_STEP=$1$'\n'
  parent=() session_of=() kind=()
  for path in /proc/[0-9]*; do
    text=
    read -r -d '' text <"$path/stat"
    fields=(${text##*) })
    [[ -n $text && ${fields[0]} != [ZX] ]] || continue
    pid=${path#/proc/}
    parent[pid]=${fields[1]} session_of[pid]=${fields[3]} kind[pid]=old
    ((fields[19] >= claim[3])) || continue
    variables=()
    mapfile -t -d '' variables <"$path/environ"
    printf -v text '\n%s' "${variables[@]}"
    case $text$'\n' in
      *"$mark"*) kind[pid]=mine ;;
      *$'\n'WETRUN_STEP=*) kind[pid]=other ;;
      *) kind[pid]=none ;;
    esac
  done
  for pid in "${claim[@]:5}"; do kind[pid]=old; done
}

find_tree() { # BASE, with its claim read -> members=(pids, parents first)
  # In the tree are: the shell, what it started since the claim, whatever carries the step's mark in its environment
  # (setsid, double forks), and orphans that never called exec (by session). Not in it: what earlier steps left behind.
  local -a parent session_of kind seen=() queue=()
  local pid child root=${claim[0]}
  look_around "$1"
  members=()
  ! lives "${claim[@]:0:3}" || queue=("$root")
  for pid in "${!kind[@]}"; do
    [[ ${kind[pid]} == mine ]] ||
      [[ ${kind[pid]} == none && ${session_of[pid]} == "$root" && ${session_of[parent[pid]]-} != "$root" ]] || continue
    queue+=("$pid")
  done
  while ((${#queue[@]})); do
    pid=${queue[0]} queue=("${queue[@]:1}")
    [[ -z ${seen[pid]-} && $pid != "$$" && $pid != "$BASHPID" ]] || continue
    seen[pid]=1 members+=("$pid")
    for child in "${!parent[@]}"; do
      [[ ${parent[child]} != "$pid" || ${kind[child]} == @(old|other) ]] || queue+=("$child")
    done
  done
}

end_tree() { # BASE, with its claim read -> left: processes that could not be ended (or `-`)
  local tries=0 pid
  local -a asked=()
  while find_tree "$1" && ((${#members[@]} && tries < 140)); do
    for pid in "${members[@]}"; do
      if ((tries >= 40)); then kill -KILL "$pid"; elif [[ -z ${asked[pid]-} ]]; then kill -TERM "$pid"; fi
      asked[pid]=1
    done
    ((tries)) || kill -CONT "${claim[0]}"
    sleep 0.05
    ((tries += 1))
  done
  left=${members[*]}
  left=${left// /,}
  left=${left:--}
}

halt() { # PID: stop it where it is, so that it cannot write its end while we look whether it has
  local tries=0 stat
  kill -STOP "$1"
  while ((tries++ < 100)); do
    stat=
    read -r -d '' stat <"/proc/$1/stat"
    [[ ${stat##*) } == [!TtZX]* ]] || break
    sleep 0.01
  done
}

end_step() { # KEY REASON -> left: end a step, unless it ended by itself
  local base=$session/$1 ender now
  left=-
  if [[ -n $worker && $1 == "$current" && ! -e $base ]]; then # it may be claimed at any moment: prevent that
    kill -KILL "$worker"
    wait "$worker"
    worker=
  fi
  read_claim "$base" || return 0
  if lives "${claim[@]:0:3}"; then
    __wetrun_end "$base" || halt "${claim[0]}"
  fi
  if __wetrun_end "$base"; then
    kill -CONT "${claim[0]}"
    return 0
  fi
  ender=($__wetrun_reply)
  if [[ ${ender[0]} != ending ]] && ! lives "${claim[@]:0:3}"; then
    end_tree "$base" # nobody saw its end, and nobody will
    return 0
  fi
  if [[ ${ender[0]} == ending && ${ender[*]:2:3} != "$self" ]] && lives "${ender[@]:2:3}"; then
    return 0 # another front is at it
  fi
  trap : TERM
  printf 'ending %s %s\n' "$2" "$self" >>"$base"
  end_tree "$base"
  [[ $worker != "${claim[0]}" ]] || worker=
  read -r now _ </proc/uptime
  printf 'ended\t%s\t%s\t%s .\n' "$2" "$((${now/./} - claim[3]))" "$left" >>"$base"
  trap give_way TERM
}

split() { # LINE -> fields, at tabs
  local IFS=$'\t'
  set -f
  fields=($1)
  set +f
}

place() { # =TEXT -> __wetrun_reply: the folder that it means
  printf -v __wetrun_reply %b "${1#=}"
  [[ $__wetrun_reply != \~ && $__wetrun_reply != \~/* ]] || __wetrun_reply=$HOME${__wetrun_reply:1}
}

# --- front -----------------------------------------------------------------------------------------------------------

answer() { # FIELD…
  local IFS=$'\t'
  printf '%s\n' "$*" >&210
}

refuse() { # WHAT VALUE
  answer refused "$1" "=$2"
  exit 1
}

make_session() { # find or make the folder, private and ours; not where a restart or a logout would empty it
  local parent
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || refuse bash "$BASH_VERSION"
  [[ -r /proc/self/stat ]] || refuse system "${OSTYPE-}"
  if [[ $session != /* ]]; then
    parent=${XDG_STATE_HOME:-$HOME/.local/state}/wetrun
    # shellcheck disable=SC2174 # folders above it may be open to others
    mkdir -p -m 700 -- "$parent" && [[ -w $parent ]] || parent=/var/tmp/wetrun-$UID
    session=$parent/$session
    # shellcheck disable=SC2174
    mkdir -p -m 700 -- "$parent"
    [[ -O $parent ]] || refuse session "$session"
  fi
  # shellcheck disable=SC2174
  [[ -d $session ]] || mkdir -p -m 700 -- "$session"
  [[ -O $session && -w $session ]] || refuse session "$session"
}

open_session() { # ID: make or find the folder, and take it over from a front that lost its connection
  local owner=() line
  make_session
  boot=fresh
  if [[ -s $session/boot ]]; then
    boot=same
    read -r line <"$session/boot"
    [[ $line == "${self##* }" ]] || boot=rebooted
  fi
  [[ $boot != fresh ]] || printf '%s\n' "${self##* }" >"$session/boot" || refuse session "$session"
  [[ ! -s $session/owner ]] || read -r -a owner <"$session/owner"
  printf '%s\n' "$self" >"$session/owner" # first, so that the other one sees whom it makes room for
  ! lives "${owner[@]:0:3}" || kill -TERM "${owner[0]}"
  supervisor=$session/supervisor.$1
  if [[ ! -e $supervisor ]]; then
    printf '%s\n' "${__wetrun_source-}" >"$supervisor.$$" && mv -f -- "$supervisor.$$" "$supervisor"
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
  current=$1 deadline=$((SECONDS + ${2%.*} + 5)) outlive=$3 polls=-1 interval=1 retried='' astray=0
}

between_commands() { # the shell is in no command: there it has no descriptor 213
  ((!adopted)) && [[ -n $worker && -e /proc/$worker/fd/213 ]]
}

give_up_worker() { # the last command left a shell in which nothing can run; another one goes on with what was saved
  kill -KILL "$worker"
  wait "$worker"
  worker='' current=''
}

punch() { # give the disk back what nobody will read of the current step's long output; look less often at a quiet one
  local stream size punched=0
  for stream in "$session/${claim[4]}.out" "$session/${claim[4]}.err"; do
    [[ -s $stream ]] || continue
    size=$(stat -c %s -- "$stream")
    ((size > 33554432)) || continue
    fallocate -p -o 131072 -l "$((size - 1048576))" -- "$stream"
    punched=1
  done
  ((interval = punched ? 1 : (interval < 8 ? interval * 2 : interval), polls = 0))
}

settle_dead_worker() { # the shell is gone without a word: `exec`, a signal, or it never got the request
  local base=$session/$current code now
  wait "$worker"
  code=$? worker=
  if __wetrun_end "$base"; then
    adopted=1
  elif read_claim "$base"; then
    ((code <= 128)) || end_tree "$base"
    read -r now _ </proc/uptime
    printf 'exited\t%s\t-\t%s\t-\t0 .\n' "$code" "$((${now/./} - claim[3]))" >>"$base"
    adopted=1
  elif [[ -e $base || -n $retried ]]; then
    answer error "$current" '=the shell ended before the command could start'
    current=
  else
    retried=1
    start_worker
    printf '%s\n' "$request" >&212
  fi
}

signalled() { # STATUS: a shell that a signal ends may write the exit code of the command before it; the last line counts
  local IFS=$'\t' fields end=$__wetrun_reply
  (($1 > 128 && $1 <= 192)) && split "$end" || return 0
  ! read_claim "$base" || IFS=$' \t\n' end_tree "$base"
  if [[ ${fields[1]} != "$1" ]]; then
    fields[1]=$1
    end=${fields[*]}
    printf '%s\n' "$end" >>"$base"
  fi
  __wetrun_reply=$end
}

check_step() { # look after the current step: an end that the shell cannot tell itself, its limit, its output
  local base=$session/$current end
  if __wetrun_end "$base"; then
    end=$__wetrun_reply
    if ((adopted && patience-- > 0)) && [[ $end == 'done'* ]] && read_claim "$base" && [[ ${claim[0]} != "$worker" ]]; then
      ! lives "${claim[@]:0:3}" || return # it saves itself, and goes
    fi
    __wetrun_reply=$end
    if ((!adopted)) && [[ $__wetrun_reply == exited* ]]; then
      wait "$worker"
      signalled "$?"
      worker=
    fi
    if ((adopted)) || [[ $__wetrun_reply != 'done'* ]] || ! kill -0 "$worker"; then
      __wetrun_tell "$base" "$__wetrun_reply" 210
    fi
    current=
  elif [[ $__wetrun_reply == 'ending '* ]]; then # by a front that died over it, or is still at it
    __wetrun_reply=${__wetrun_reply#ending }
    end_step "$current" "${__wetrun_reply%% *}"
  elif ((!adopted)) && ! kill -0 "$worker"; then
    settle_dead_worker
  elif ((adopted)) && ! { read_claim "$base" && lives "${claim[@]:0:3}"; } && ! __wetrun_end "$base"; then
    [[ $__wetrun_reply == 'ending '* ]] || answer unknown "$current"
    [[ $__wetrun_reply == 'ending '* ]] || current=
  elif between_commands && [[ -s $base ]] && ((++astray > 20)); then
    end=$current
    give_up_worker
    answer error "$end" "=its shell runs nothing any more, and what the command did is not known (\`set -n\` and \`enable -n\` do that)"
  elif ((SECONDS > deadline)); then
    end_step "$current" time-limit
  elif ((++polls >= interval)) && read_claim "$base"; then
    punch
  fi
}

look() { # KEY -> __wetrun_reply: how far it is
  local base=$session/$1
  if [[ ! -e $base ]]; then
    __wetrun_reply=never-started
  elif __wetrun_end "$base"; then
    __wetrun_reply=ended
  elif [[ $__wetrun_reply == 'ending '* ]] || { read_claim "$base" && lives "${claim[@]:0:3}"; }; then
    __wetrun_reply=running
  elif __wetrun_end "$base"; then # it ended while we looked
    __wetrun_reply=ended
  else
    __wetrun_reply=unknown
  fi
}

run() { # KEY LIMIT OUTLIVE, with the whole line in request
  [[ -z $current ]] || check_step
  if [[ -s $session/$1 ]]; then # without a shell for it, which would not know what the one that has it leaves behind
    answer claimed "$1"
    return
  fi
  if [[ -n $current ]] && between_commands; then give_up_worker; fi # it said that it cannot go on
  if [[ -n $current ]]; then
    answer error "$1" "=\`$current\` is still running in this shell"
    return
  fi
  if [[ -z $worker ]] || ! kill -0 "$worker"; then start_worker; fi
  adopted=0
  follow "$1" "$2" "$3"
  printf '%s\n' "$request" >&212
}

attach() { # KEY LIMIT OUTLIVE: look after a step that another shell has, or had
  local now
  adopted=1 patience=30
  follow "$1" "$2" "$3"
  read -r now _ </proc/uptime
  ! read_claim "$session/$1" || deadline=$((deadline - (${now/./} - claim[3]) / 100))
  if [[ -n $worker ]] && ! { read_claim "$session/$1" && [[ ${claim[0]} == "$worker" ]]; }; then
    exec 212>&- # it would not know what the other one leaves behind
    worker=
  fi
}

handle() { # LINE: one request
  local fields
  split "$1"
  case ${fields[0]} in
    export | secret) setup+=("$1") ;;
    cd)
      place "${fields[1]}"
      setup+=("$1")
      [[ -d $__wetrun_reply && -x $__wetrun_reply ]] || answer refused directory "${fields[1]}"
      ;;
    hello) answer ready "$boot" "=$session" "$BASH_VERSION" ;;
    run)
      request=$1
      run "${fields[@]:1:3}"
      ;;
    attach) attach "${fields[@]:1:3}" ;;
    look)
      look "${fields[1]}"
      answer progress "${fields[1]}" "$__wetrun_reply"
      ;;
    end) # KEY REASON
      end_step "${fields[1]}" "${fields[2]}"
      if [[ ${fields[1]} == "$current" && ! -e $session/$current ]]; then
        answer never "$current"
        current=
      fi
      answer stopped "${fields[1]}" "$left"
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
  if [[ -n $current ]] && ((!outlive)); then
    end_step "$current" controller-gone
    check_step
  fi
  exec 212>&- # the shell ends when it has nothing left to do
  if [[ -n $worker && (-z $current || $outlive == 0) ]]; then
    while kill -0 "$worker" && ((tries++ < 300)); do sleep 0.005; done
    kill -KILL "$worker"
  fi
  answer closed
  exit 0
}

# shellcheck disable=SC2317 # a trap calls it
give_way() { # to a front that took the session over; to anybody else's signal without a word, so that we are called again
  local holder=$self
  read -r holder <"$session/owner"
  [[ $holder == "$self" ]] || answer taken
  exit 0
}

front() { # SESSION GRACE ID
  local part line='' status
  session=$1 grace=$2 worker='' current='' left=- setup=()
  exec 210>&2 2>/dev/null
  shopt -s extglob
  trap : PIPE HUP INT
  trap give_way TERM
  printf '\n' >&210 # a profile may have left a line unfinished
  printf '\n'
  __wetrun_identity "$$"
  self=$__wetrun_reply
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
  __wetrun_identity "$BASHPID"
  self=$__wetrun_reply
  read -r -t "$1" _
  status=$?
  ((status > 128)) || reason=stopped
  end_step "$current" "$reason"
}

query() { # SESSION; on stdin: cd, export and secret as for the front, then: run KEY LIMIT =COMMAND =STDIN
  local line entry fields=() base child guard code since begun
  session=$1 worker='' setup=()
  exec 210>&2 2>/dev/null
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
      case ${fields[0]} in
        cd)
          place "${fields[1]}"
          cd -- "$__wetrun_reply" || exit 126
          ;;
        *)
          printf -v line %b "${fields[2]#=}"
          export "${fields[1]}=$line"
          ;;
      esac
    done
    export WETRUN_STEP=$base
    exec setsid bash -e -o pipefail "$base.command"
  } >"$base.out" 2>"$base.err" &
  child=$!
  __wetrun_identity "$child" || __wetrun_reply="$child 0 -"
  printf '%s %s %s .\n' "$__wetrun_reply" "${since/./}" "$current" >"$base"
  guard_query "${fields[2]}" <&0 >/dev/null 210>&- &
  guard=$!
  wait "$child"
  code=$?
  __wetrun_elapsed "$begun" "${since/./}"
  line="done"$'\t'"$code"$'\t'"$__wetrun_reply"$'\t-\t0 .'
  __wetrun_end "$base" || [[ $__wetrun_reply == 'ending '* ]] || kill -KILL "$guard"
  wait "$guard"
  __wetrun_end "$base" || __wetrun_reply=$line
  __wetrun_tell "$base" "$__wetrun_reply" 210
  PATH=$__wetrun_path rm -f -- "$base" "$base".*
}

# --- worker ----------------------------------------------------------------------------------------------------------

__wetrun_claim() { # KEY: take it, or say whose it is
  builtin local __wetrun_children='' __wetrun_result IFS=$' \t\n'
  builtin read -r __wetrun_since _ </proc/uptime
  builtin read -r __wetrun_children <"/proc/$$/task/$$/children"
  __wetrun_since=${__wetrun_since/./} __wetrun_base=$__wetrun_session/$1
  builtin set -C
  builtin printf '%s %s %s %s .\n' \
    "$__wetrun_self" "$__wetrun_since" "$__wetrun_output" "$__wetrun_children" >"$__wetrun_base"
  __wetrun_result=$?
  builtin set +C
  ((__wetrun_result)) || builtin return 0
  if [[ -s $__wetrun_base ]]; then
    builtin printf 'claimed\t%s\n' "$1" >&211
  else
    builtin printf 'error\t%s\t=the session folder cannot be written\n' "$1" >&211
  fi
  __wetrun_base=
  builtin return 1
}

__wetrun_finish() { # HOW CODE -> __wetrun_told: write the end of the running step
  __wetrun_elapsed "$__wetrun_begun" "$__wetrun_since"
  __wetrun_told="$1"$'\t'"$2"$'\t'"$__wetrun_reply"$'\t'"${__wetrun_at:--}"$'\t'"$__wetrun_number ."
  builtin printf '%s\n' "$__wetrun_told" >>"$__wetrun_base"
}

__wetrun_calm() { # no options of a command while we work, and no `builtin` of its own
  unset -f builtin
  builtin set +aefkuvxC
}

__wetrun_failing() { # CODE LINE DEPTH OPTIONS: a command failed, and what it stands in ends
  __wetrun_calm
  __wetrun_failed=$1 __wetrun_raised+=$4
  (($3 != 2)) || __wetrun_at=$2
}

__wetrun_ended() { # CODE OPTIONS: the command is over
  builtin local __wetrun_lines
  builtin trap - ERR # a builtin of ours that the command disabled must not cut this short
  __wetrun_calm
  __wetrun_code=$1
  # Its umask is the next command's; under ours, files that we make can be opened again.
  builtin umask >>"$__wetrun_session/names.$$"
  builtin mapfile -t -n 1 -u 213 __wetrun_lines
  __wetrun_mask=${__wetrun_lines[0]:-$__wetrun_mask}
  builtin umask 077
  __wetrun_flags=$__wetrun_raised$2
  __wetrun_flags=${__wetrun_flags//[!aefkuvxC]/}
}

__wetrun_left() { # CODE: the shell exits; unless somebody is ending it, that is the command's end, and the front will tell
  builtin trap - ERR
  __wetrun_calm
  [[ -n $__wetrun_base ]] || builtin return 0
  __wetrun_end "$__wetrun_base"
  [[ $__wetrun_reply == 'ending '* ]] || __wetrun_finish exited "$1"
}

__wetrun_spare() { # a pair of files for the next step's output, made while nobody waits
  __wetrun_output=output-$$-$((__wetrun_number += 1))
  builtin : >|"$__wetrun_session/$__wetrun_output.out"
  builtin : >|"$__wetrun_session/$__wetrun_output.err"
}

__wetrun_choose() { # LINE… of compgen, variables before `:` and functions after it -> which of them are worth keeping
  builtin local __wetrun_name __wetrun_part='' __wetrun_hidden=' '
  for __wetrun_name in "${__wetrun_secrets[@]}"; do __wetrun_hidden+="$__wetrun_name "; done
  __wetrun_variables=() __wetrun_functions=()
  for __wetrun_name in "$@"; do
    case $__wetrun_part$__wetrun_name in
      :__wetrun_* | __wetrun_* | BASH | BASHOPTS | BASHPID | BASH_[!E]* | COMP_* | DIRSTACK | EPOCH* | EUID | FUNCNAME) ;;
      GROUPS | HISTCMD | IFS | LINENO | PIPESTATUS | PPID | PWD | RANDOM | SECONDS | SHELLOPTS | SRANDOM | UID | _) ;;
      WETRUN_STEP) ;;
      :?*) __wetrun_functions+=("$__wetrun_name") ;;
      :) __wetrun_part=: ;;
      *) [[ $__wetrun_hidden == *" $__wetrun_name "* ]] || __wetrun_variables+=("$__wetrun_name") ;;
    esac
  done
}

__wetrun_tainted() { # TEXT: a secret stands in it
  builtin local __wetrun_secret
  for __wetrun_secret in "${__wetrun_secret_values[@]}"; do
    [[ $1 != *"$__wetrun_secret"* ]] || builtin return 0
  done
  builtin return 1
}

__wetrun_write_state() { # NAME…: the shell as text that makes it again
  builtin local __wetrun_alias
  builtin printf '#wetrun begin %s\n__wetrun_options %q %q\n' "$__wetrun_number" "$BASHOPTS" "$SHELLOPTS"
  ((!${#__wetrun_functions[@]})) || builtin declare -f "${__wetrun_functions[@]}"
  ((!$#)) || builtin declare -p "$@"
  # Who reads requests splits them by IFS: a command that makes it readonly does so for itself.
  if [[ -v IFS ]]; then builtin printf 'IFS=%q\n' "$IFS"; else builtin printf 'unset -v IFS\n'; fi
  for __wetrun_alias in "${!BASH_ALIASES[@]}"; do
    __wetrun_tainted "${BASH_ALIASES[$__wetrun_alias]}" ||
      builtin printf 'BASH_ALIASES[%q]=%q\n' "$__wetrun_alias" "${BASH_ALIASES[$__wetrun_alias]}"
  done
  builtin printf '__wetrun_mask=%q __wetrun_flags=%q __wetrun_directory=%q __wetrun_kept=" ' \
    "$__wetrun_mask" "$__wetrun_flags" "$PWD"
  builtin printf '%s ' "$@"
  builtin printf '"\n#wetrun end %s\n' "$__wetrun_number"
}

__wetrun_save() { # write down the shell, so that the next one can go on with it; nothing secret, nor what holds a secret
  builtin local __wetrun_lines __wetrun_keep __wetrun_name __wetrun_ref __wetrun_file
  # Two files in turn, each for some dozens of states.
  __wetrun_file=$__wetrun_session/state.$$.$((__wetrun_number >> 6 & 1))
  # Names come back through the end of a file: a fork, or one that is emptied again and again, costs more than the rest.
  ((__wetrun_number & 63)) || { builtin : >|"$__wetrun_session/names.$$" && builtin exec 213<"$__wetrun_session/names.$$"; }
  { builtin compgen -v; builtin printf ':\n'; builtin compgen -A function; } >>"$__wetrun_session/names.$$"
  builtin mapfile -t -u 213 __wetrun_lines
  if [[ ${__wetrun_lines[*]} != "$__wetrun_known" ]]; then
    __wetrun_choose "${__wetrun_lines[@]}"
    __wetrun_known=${__wetrun_lines[*]}
  fi
  __wetrun_keep=("${__wetrun_variables[@]}")
  if ((${#__wetrun_secret_values[@]})); then
    __wetrun_keep=()
    for __wetrun_name in "${__wetrun_variables[@]}"; do
      __wetrun_ref=$__wetrun_name'[*]'
      __wetrun_tainted "${!__wetrun_ref-}" || __wetrun_keep+=("$__wetrun_name")
    done
  fi
  if ((__wetrun_number & 63)); then
    __wetrun_write_state "${__wetrun_keep[@]}" >>"$__wetrun_file"
  else
    __wetrun_write_state "${__wetrun_keep[@]}" >|"$__wetrun_file"
  fi
}

__wetrun_options() { # BASHOPTS SHELLOPTS: have exactly these on
  builtin local IFS=: option
  for option in $BASHOPTS; do [[ :$1: == *":$option:"* ]] || builtin shopt -u "$option"; done
  for option in $1; do builtin shopt -s "$option"; done
  for option in $SHELLOPTS; do [[ :$2: == *":$option:"* ]] || builtin set +o "$option"; done
  for option in $2; do builtin set -o "$option"; done
}

__wetrun_forget() { # unset what is exported here and was not any more in the shell that we go on with
  builtin local IFS=$' \n' __wetrun_name
  __wetrun_kept+=" ${__wetrun_secrets[*]} PWD OLDPWD SHLVL WETRUN_STEP _ "
  for __wetrun_name in $(\builtin compgen -e); do
    [[ $__wetrun_kept == *" $__wetrun_name "* ]] || builtin unset -v "$__wetrun_name"
  done
}

__wetrun_newest() { # -> __wetrun_reply: the newest state; fails when the newest end is newer: then __wetrun_last is that step
  builtin local file lines line begin text ended=0
  __wetrun_reply=
  for file in "$__wetrun_session"/state.*; do
    [[ -s $file ]] || builtin continue
    builtin mapfile -t lines <"$file"
    for ((line = 0; line < ${#lines[@]}; line += 1)); do
      case ${lines[line]} in
        '#wetrun begin '*) begin=$line ;;
        '#wetrun end '*)
          ((${lines[line]##* } > __wetrun_number)) || builtin continue
          __wetrun_number=${lines[line]##* }
          builtin printf -v __wetrun_reply '%s\n' "${lines[@]:begin:line - begin}"
          ;;
      esac
    done
  done
  for file in "$__wetrun_session"/step-*; do
    text=$__wetrun_reply
    if __wetrun_end "$file" && [[ $__wetrun_reply == 'done'* ]]; then
      __wetrun_reply=${__wetrun_reply% .}
      ((${__wetrun_reply##*$'\t'} <= ended)) || ended=${__wetrun_reply##*$'\t'} __wetrun_last=$file
    fi
    __wetrun_reply=$text
  done
  ((__wetrun_number >= ended))
}

__wetrun_has_shell() { # BASE: the shell that ran this step is still there
  builtin local IFS=$' \t\n' __wetrun_fields
  builtin read -r -a __wetrun_fields <"$1"
  __wetrun_identity "${__wetrun_fields[0]}" && [[ $__wetrun_reply == "${__wetrun_fields[*]:0:3}" ]]
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
: >|"$2/names.$$"
exec 213<"$2/names.$$"
__wetrun_mask=$(\builtin umask)
builtin umask 077
__wetrun_session=$2 __wetrun_base='' __wetrun_number=0 __wetrun_flags='' __wetrun_directory='' __wetrun_lost=''
__wetrun_kept='' __wetrun_known='' __wetrun_output=''
__wetrun_secrets=() __wetrun_secret_values=() __wetrun_variables=() __wetrun_functions=()
__wetrun_identity "$$"
__wetrun_self=$__wetrun_reply
# shellcheck disable=SC2016
builtin printf '%s\n' '\builtin set "$__wetrun_verbose"; \builtin eval "$__wetrun_command"' >"$__wetrun_session/command"
set --
unset -f read_claim lives look_around find_tree end_tree halt end_step split place answer refuse make_session open_session
unset -f start_worker follow attach signalled between_commands give_up_worker give_way
unset -f punch settle_dead_worker check_step look run handle leave front guard_query query
readonly -f __wetrun_identity __wetrun_encode __wetrun_end __wetrun_elapsed __wetrun_tell __wetrun_claim __wetrun_finish
readonly -f __wetrun_calm __wetrun_failing __wetrun_ended __wetrun_left __wetrun_spare __wetrun_choose __wetrun_tainted
readonly -f __wetrun_write_state __wetrun_save
readonly -f __wetrun_options __wetrun_forget __wetrun_newest __wetrun_has_shell
shopt -s expand_aliases extglob
set -E -o pipefail
trap '{ __wetrun_left "$?"; } 2>/dev/null' EXIT
trap : PIPE # whoever would be told may be gone; that is no reason to go before the shell is saved

# A command that fails where bash has `set -e` look: a subshell ends, a function returns, and so does the whole command. The
# line is the one in the command's own text, so a function counts as its call.
# shellcheck disable=SC2016
__wetrun_on_error='{ __wetrun_failing "$?" "$LINENO" "${#BASH_SOURCE[@]}" "$-"; } 2>/dev/null
  ((!BASH_SUBSHELL)) || \builtin exit "$__wetrun_failed"
  ((${#BASH_SOURCE[@]} < 2)) || \builtin return "$__wetrun_failed"'

while IFS=$'\t' builtin read -r -u 212 -a __wetrun_request; do
  case ${__wetrun_request[0]-} in
    cd)
      builtin printf -v __wetrun_text %b "${__wetrun_request[1]#=}"
      if [[ $__wetrun_text == \~ || $__wetrun_text == \~/* ]]; then __wetrun_text=$HOME${__wetrun_text:1}; fi
      builtin cd -- "$__wetrun_text" || __wetrun_lost="the directory is not there: $__wetrun_text"
      ;;
    export | secret)
      builtin printf -v __wetrun_text %b "${__wetrun_request[2]#=}"
      builtin export "${__wetrun_request[1]}=$__wetrun_text"
      if [[ ${__wetrun_request[0]} == secret ]]; then
        __wetrun_secrets+=("${__wetrun_request[1]}")
        if ((${#__wetrun_text} >= 4)); then __wetrun_secret_values+=("$__wetrun_text"); fi
      fi
      ;;
    load)
      # The shell that ran the last command tells its end first: it may still be writing itself down, or have just done so.
      __wetrun_tries=0 __wetrun_gone=''
      until __wetrun_newest; do
        if [[ -n $__wetrun_gone ]]; then
          __wetrun_reply='' __wetrun_lost="what the shell held after the last command was lost"
          builtin break
        fi
        __wetrun_has_shell "$__wetrun_last" && ((__wetrun_tries++ < 500)) || __wetrun_gone=1
        PATH=$__wetrun_path builtin command sleep 0.02
      done
      if [[ -n $__wetrun_reply ]]; then
        builtin eval "$__wetrun_reply"
        builtin set +aefkuvxC
        __wetrun_forget
        __wetrun_lost=
        builtin cd -- "$__wetrun_directory" || __wetrun_lost="the directory is not there any more: $__wetrun_directory"
      fi
      __wetrun_spare
      ;;
    run) # KEY LIMIT OUTLIVE =COMMAND [NAME =VALUE]…
      if [[ -n $__wetrun_lost ]]; then
        builtin printf 'error\t%s\t=%s\n' "${__wetrun_request[1]}" "$__wetrun_lost" >&211
        builtin continue
      fi
      __wetrun_claim "${__wetrun_request[1]}" || builtin continue
      builtin printf -v __wetrun_command %b "${__wetrun_request[4]#=}"
      for ((__wetrun_i = 5; __wetrun_i < ${#__wetrun_request[@]}; __wetrun_i += 2)); do
        builtin printf -v __wetrun_text %b "${__wetrun_request[__wetrun_i + 1]#=}"
        if ! builtin export "${__wetrun_request[__wetrun_i]}=$__wetrun_text"; then
          __wetrun_command="\\builtin echo 'wetrun cannot set ${__wetrun_request[__wetrun_i]}: it is readonly' >&2"
          __wetrun_command+='; \builtin return 1'
        fi
      done
      builtin export WETRUN_STEP=$__wetrun_base
      # What we run and what bash reads before the command is not to be shown.
      case $__wetrun_flags in
        *x*) __wetrun_verbose=+v __wetrun_command="\\builtin set -${__wetrun_flags//[!vx]/}; $__wetrun_command" ;;
        *v*) __wetrun_verbose=-v ;;
        *) __wetrun_verbose=+v ;;
      esac
      __wetrun_flags=${__wetrun_flags//[vx]/}
      __wetrun_code='' __wetrun_at='' __wetrun_raised='' __wetrun_begun=${EPOCHREALTIME-}
      builtin umask "$__wetrun_mask"
      # shellcheck disable=SC2043
      for __wetrun_once in 1; do # so that a stray `break` ends the command and not this loop
        # shellcheck disable=SC2064
        builtin trap "$__wetrun_on_error" ERR
        if [[ -n $__wetrun_flags ]]; then builtin set "-$__wetrun_flags"; fi
        # shellcheck disable=SC1091
        builtin source "$__wetrun_session/command" </dev/null >>"$__wetrun_session/$__wetrun_output.out" \
          2>>"$__wetrun_session/$__wetrun_output.err" 211>&- 212<&- 213<&-
        __wetrun_ended "$?" "$-"
      done
      [[ -n $__wetrun_code ]] || __wetrun_ended 125 "$-"
      builtin trap - DEBUG RETURN
      # Told first and saved then, while the controller records: a state that is lost in between shows by its number.
      if ! __wetrun_finish 'done' "$__wetrun_code"; then
        __wetrun_text='its end could not be written down: the session folder is gone, or cannot be written'
        [[ $- != *r* ]] || __wetrun_text="it made its shell a restricted one (\`set -r\`), in which nothing can be written down"
        builtin printf 'error\t%s\t=%s\n' "${__wetrun_base##*/}" "$__wetrun_text" >&211
        __wetrun_base=
        builtin continue
      fi
      __wetrun_text=$__wetrun_base __wetrun_base=
      if [[ ${IFS@a}${WETRUN_STEP@a} == *r* ]]; then # another shell has to go on; the front tells
        __wetrun_save
        builtin break
      fi
      __wetrun_tell "$__wetrun_text" "$__wetrun_told" 211
      __wetrun_save
      __wetrun_spare
      ;;
  esac
done
__wetrun_base=
