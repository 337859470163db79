# shellcheck shell=bash
# What every script here stands on: where it is, how it speaks, and how what it needs is found or installed. Sourced.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
home=$root/.harmony
export HARMONY_STARTED="${HARMONY_STARTED:-$(date +%s)}"
# rustup may have been installed in a shell that has not read its profile since.
export PATH="$PATH:${HOME:-}/.cargo/bin"

elapsed() { echo $(($(date +%s) - HARMONY_STARTED)); }
say() { printf '[%3d s] %s\n' "$(elapsed)" "$*" >&2; }
die() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# The command line of process $1; nothing when there is no such process.
command_of() {
  if [[ -z $1 ]]; then
    return
  elif [[ -d /proc/self ]]; then
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || true
  else
    ps -o args= -p "$1" 2>/dev/null || true
  fi
}

# The process that holds $1 (run, test or bench) in this checkout; nothing when there is none.
holder() {
  local pid=''
  [[ ! -r $home/$1.pid ]] || pid=$(<"$home/$1.pid")
  [[ ! $pid =~ ^[0-9]+$ || ! $(command_of "$pid") =~ (scripts|bench)/ ]] || echo "$pid"
}

# Whether process $1 is over. While it is replaced by a program it has no command for a moment, and is looked at again.
is_over() { [[ -z $(command_of "$1") ]] && sleep 0.2 && [[ -z $(command_of "$1") ]]; }

make_home() {
  mkdir -p "$home/log" 2>/dev/null || true
  [[ -w $home && -w $home/log ]] ||
    die "$home belongs to another user: run this as that user, or 'sudo make reset' once."
}

# Takes $1 for this process, or says who has it. The caller's exit trap gives it back: rm "$home/$1.pid".
hold() {
  local pid
  pid=$(holder "$1")
  [[ -z $pid ]] || die "'make $1' is already going on in this checkout (process $pid): stop it with Ctrl-C there or 'make stop'."
  make_home
  echo $$ >"$home/$1.pid"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first free loopback port from $1 on.
free_port() {
  local port
  for ((port = $1; port < $1 + 200; port++)); do
    if ! port_taken "$port"; then
      echo "$port"
      return
    fi
  done
  die "None of the ports $1 to $((port - 1)) is free on 127.0.0.1."
}

# Installs packages: $1 what for, $2 apt's names, $3 Homebrew's. Starts no service and leaves none to start by itself.
install_packages() {
  local log=$home/log/install.log sudo=()
  make_home
  if command -v apt-get >/dev/null; then
    if ((EUID != 0)); then
      sudo=(sudo -n)
      sudo -n true 2>/dev/null ||
        die "$1 is missing and installing it takes root: run 'sudo apt-get install $2', then this again."
    fi
    say "Installing $1 by apt-get (log: .harmony/log/install.log)"
    # shellcheck disable=SC2086  # the names are words
    ${sudo[@]+"${sudo[@]}"} bash "$root/scripts/apt-quietly" $2 >"$log" 2>&1 </dev/null || {
      tail -n 5 "$log" >&2
      die "$1 is missing and apt-get could not install '$2' (its last lines are above): is there a network?"
    }
  elif command -v brew >/dev/null; then
    say "Installing $1 by Homebrew (log: .harmony/log/install.log)"
    # shellcheck disable=SC2086
    brew install --quiet $3 >"$log" 2>&1 </dev/null || {
      tail -n 5 "$log" >&2
      die "$1 is missing and 'brew install $3' failed (its last lines are above): is there a network?"
    }
  else
    die "$1 is missing, and there is neither apt-get nor Homebrew here to install it: install it by hand, then run this again."
  fi
}

need_rust() {
  command -v cargo >/dev/null || die "cargo is missing: install Rust as https://rustup.rs says, then run this again."
  command -v cc >/dev/null || install_packages "A C compiler" "gcc libc6-dev" gcc
}

# Sets postgres_bin to the newest PostgreSQL, 15 or later, or to the one of major version $1.
find_postgres() {
  local bin major best=14
  postgres_bin=''
  for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
    "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
    [[ -x $bin/initdb && -x $bin/postgres ]] || continue
    major=$("$bin/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    if ((major > best)) && [[ -z ${1:-} || $major == "$1" ]]; then
      best=$major
      postgres_bin=$bin
    fi
  done
  [[ -n $postgres_bin ]]
}

# $1: the major version that made the data, if there are data.
need_postgres() {
  find_postgres "${1:-}" || install_packages "PostgreSQL 15 or later" "postgresql${1:+-$1}" "postgresql@${1:-17}"
  find_postgres "${1:-}" || die "PostgreSQL ${1:-15 or later} is needed and the packages here are older: install it from \
https://www.postgresql.org/download, or set DATABASE_URL to a server you have."
}

find_redis() {
  command -v redis-server >/dev/null && (($(redis-server --version | sed 's/.*v=\([0-9]*\).*/\1/') >= 7))
}

need_redis() {
  find_redis || install_packages "Redis 7 or later" redis-server redis
  find_redis || die "Redis 7 or later is needed and the packages here are older: install it from https://redis.io/downloads, \
or set REDIS_URL to a server you have."
}

# Sets venv to a Python of the project's own, made anew when what it needs has changed.
need_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages "Python 3 with venv" python3-venv python
  venv=$home/venv
  if ! cmp -s tests/requirements.txt "$venv/requirements.txt"; then
    say "Preparing Python for the tests (tests/requirements.txt)"
    rm -rf "$venv"
    python3 -m venv "$venv" || die "Python's venv is missing: install python3-venv."
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/requirements.txt ||
      die "The Python packages of tests/requirements.txt can't be installed: is there a network?"
    cp tests/requirements.txt "$venv/requirements.txt"
  fi
}

# Installs the packages of folder $1 as its lock has them, unless they are there.
need_node() {
  local folder=$1
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    install_packages "Node with npm" "nodejs npm" node
  fi
  (($(node --version | sed 's/v\([0-9]*\).*/\1/') >= 20)) || die "Node 20 or later is needed: install it from https://nodejs.org."
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/installed.json"; then
    say "Installing the packages of ${folder#"$root"/}"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent >"$home/log/npm.log" 2>&1 ||
      die "The packages of ${folder#"$root"/} can't be installed (.harmony/log/npm.log): is there a network?"
    cp "$folder/package-lock.json" "$folder/node_modules/installed.json"
  fi
}
