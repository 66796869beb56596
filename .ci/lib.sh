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

# Ends the script with a visible notice, but without failing, if a tool is unavailable.
skip() {
  printf '\n!! skipped: %s\n' "$*"
  exit 0
}
