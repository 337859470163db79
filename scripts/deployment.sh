# shellcheck shell=bash
# A demo deployment that lives as long as the script it is sourced by: servers, database, port and files of its own.
source "$(dirname "${BASH_SOURCE[0]}")/need.sh"

# shellcheck disable=SC2034  # whoever sources this uses it
node_folder=$root/tests/browser
place=$home/test/deployment
api='' fleet=''

# Ends what `deploy` started. Called on exit.
undeploy() {
  trap '' INT TERM HUP
  # shellcheck disable=SC2086  # one or both
  [[ -z $api$fleet ]] || kill $api $fleet 2>/dev/null || true
  wait 2>/dev/null || true
  scripts/services down test
  rm -f "$home/test.pid"
}

# Exports CHROMIUM, unless it names a browser already.
need_chromium() {
  local name
  find_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
      CHROMIUM=$(command -v "$name") && return
    done
    CHROMIUM='/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    [[ -x $CHROMIUM ]]
  }
  [[ -x ${CHROMIUM:-} ]] || find_chromium || install_packages "Chromium" chromium "--cask chromium"
  [[ -x ${CHROMIUM:-} ]] || find_chromium || die "Chromium is missing: install it, or set CHROMIUM to a browser of its kind."
  export CHROMIUM
}

answers() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&3
    IFS= read -r -t 5 status <&3 && [[ $status == *' 200 '* ]]
  ) 2>/dev/null
}

# Starts the program $1 into its log.
launch() { "$1" >"$home/log/browser-${1##*/}.log" 2>&1 </dev/null & }

# Sets bin to where the programs are and served to the API.
build() {
  local tests=()
  say "Building"
  bin=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug
  served=$bin/api
  if [[ ${PROFILE:-debug} == release ]]; then
    served=${bin%/debug}/release/api
    cargo build --quiet --release --bin api
  fi
  # What the tests have just been built with has features of its own: asking for the tests too builds nothing twice.
  [[ -z ${AFTER_TESTS:-} ]] || tests=(--workspace --tests)
  cargo build --quiet ${tests[@]+"${tests[@]}"} --bin api --bin fleet --bin harmony
}

# Builds, migrates, seeds and starts. With PROFILE=release the API is a release build; the fleet, whose typst takes ten
# minutes, never is. HARMONY_BIN names a folder of programs that are built. Exports BASE_URL.
deploy() {
  local port until password
  need_rust
  hold test
  trap undeploy EXIT
  trap 'exit 130' INT TERM HUP
  if [[ -n ${HARMONY_BIN:-} ]]; then
    bin=$HARMONY_BIN
    served=$bin/api
  else
    build
  fi
  scripts/services up test
  eval "$(scripts/services env test)"
  find_postgres || true
  export PSQL=${postgres_bin:+$postgres_bin/}psql

  rm -rf "$place"
  (umask 077 && mkdir -p "$place")
  port=$(free_port $((21000 + RANDOM % 8000)))
  export DATABASE_URL=${TEST_DATABASE_URL%/*}/harmony_browser REDIS_URL=$TEST_REDIS_URL
  export BIND=127.0.0.1:$port PUBLIC_URL=http://127.0.0.1:$port HARMONY_DEVELOPMENT=true
  export RATE_LIMIT_FACTOR=${RATE_LIMIT_FACTOR:-0}
  export SECRETS_DIR=$place/secrets MAIL_SANDBOX_DIR=$place/outbox FILES_URL=file://$place/files
  METRICS_BIND=127.0.0.1:$(free_port $((port + 1)))
  export METRICS_BIND BASE_URL=$PUBLIC_URL
  password=$(sed -n 's|^[a-z]*://[^:/@]*:\([^@/]*\)@.*|\1|p' <<<"$DATABASE_URL")
  [[ -z $password ]] || export ROLE_PASSWORD=$password
  say "Seeding a demo"
  PGOPTIONS='--client-min-messages=warning' "$PSQL" --no-psqlrc --quiet "$TEST_DATABASE_URL" \
    -c 'DROP DATABASE IF EXISTS harmony_browser WITH (FORCE)'
  "$bin/harmony" migrate >/dev/null
  "$bin/harmony" keys >/dev/null
  "$bin/harmony" seed >/dev/null
  launch "$served"
  api=$!
  launch "$bin/fleet"
  fleet=$!
  until=$(($(elapsed) + 60))
  until answers "$port"; do
    if is_over "$api" || is_over "$fleet" || (($(elapsed) >= until)); then
      tail -n 20 "$home/log/browser-api.log" "$home/log/browser-fleet.log" >&2
      die "The deployment did not come up (the last lines of its logs are above)."
    fi
    sleep 0.2
  done
  say "A demo is up on $BASE_URL"
}
