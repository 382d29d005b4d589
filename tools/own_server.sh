# Functions of quickstart, to be sourced: they make sure that the server that
# answers is the one that was started here, and nobody else's.
# shellcheck shell=bash

# The inodes of the sockets that listen on the port of address $1.
listening_inodes() {
  local port
  printf -v port '%04X' "${1##*:}"
  awk -v port=":$port" '$4 == "0A" && substr($2, length($2) - 4) == port {
    print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# Fails, having said so, where address $1 is no host:port or its port is taken;
# $2 names the setting that chooses another.
require_free() {
  if [[ ! $1 =~ ^.+:[0-9]+$ || ${1##*:} -eq 0 || ${1##*:} -gt 65535 ]]; then
    echo "$2 is $1; quickstart needs host:port." >&2
    return 1
  fi
  if [ -n "$(listening_inodes "$1")" ]; then
    echo "Somebody listens on port ${1##*:} already, perhaps another platform." \
      "Nothing is done. Stop it, or choose another address with $2." >&2
    return 1
  fi
}

# Whether process $1 listens on the port of address $2, and nobody else does.
alone_on() {
  local inode inodes
  inodes=$(listening_inodes "$2")
  [ -n "$inodes" ] || return 1
  for inode in $inodes; do
    [ -n "$(find "/proc/$1/fd" -lname "socket:\[$inode\]" 2>/dev/null)" ] ||
      return 1
  done
}

# Waits until process $1 is alone on each of the addresses $3... and command $2,
# a welfarectl, is answered. Fails when the process ends before, or too late.
wait_for_own() {
  local pid=$1 ctl=$2 address ready _
  shift 2
  for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || return 1
    ready=yes
    for address in "$@"; do
      alone_on "$pid" "$address" || ready=no
    done
    if [ $ready = yes ] && "$ctl" --timeout 2 municipality list >/dev/null 2>&1
    then
      return 0
    fi
    sleep 0.1
  done
  return 1
}
