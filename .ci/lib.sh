# Shared by the scripts of this folder.

# Begins a step, and says how long the script has run.
step() { printf '\n== %s (at %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# The version that `rust-version` in Cargo.toml gives.
oldest() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

# Installs Debian packages; scripts that run beside each other take turns.
apt_install() {
  mkdir -p target
  flock target/apt.lock sh -c 'apt-get update -q && apt-get install -qy --no-install-recommends "$@"' sh "$@"
}

# Installs the Debian packages of programs that are missing: PROGRAM[:PACKAGE] …
need() {
  local missing=() entry
  for entry in "$@"; do
    command -v "${entry%%:*}" >/dev/null || missing+=("${entry##*:}")
  done
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# Ends the script with a visible notice, but without failing, if a tool is unavailable.
skip() {
  printf '\n!! skipped: %s\n' "$*"
  exit 0
}
