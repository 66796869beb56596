# Shared by the scripts of this folder.

step() { printf '\n== %s\n' "$*"; }

# Installs Debian packages whose programs are missing: PROGRAM[:PACKAGE] …
need() {
  local missing=() entry
  for entry in "$@"; do
    command -v "${entry%%:*}" >/dev/null || missing+=("${entry##*:}")
  done
  [ ${#missing[@]} -eq 0 ] || { apt-get update -q && apt-get install -qy --no-install-recommends "${missing[@]}"; }
}

# Stops with a loud word where something cannot be had, without failing.
skip() {
  printf '\n!! skipped: %s\n' "$*"
  exit 0
}
