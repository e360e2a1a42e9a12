#!/usr/bin/env bash
# The main job from nothing: installs the program into .venv, then plans and applies the first campaign against the
# embedded sandbox, and plans again. Works on a copy, so that every run starts from a new account.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check .
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r examples/primeira-campanha/. "$copy"
rm -rf "$copy/.reconciler"

reconciler=$PWD/.venv/bin/reconciler
run() {
    printf '\n$ reconciler %s\n\n' "$*"
    "$reconciler" "$@"
}

cd "$copy"
run plan --sandbox --out plan.txt
cat plan.txt
digest=$(sed -n 's/^digest  *//p' plan.txt)
run apply --sandbox --digest "$digest" --quiet --out result.txt
cat result.txt
run plan --sandbox --detailed-exitcode
printf '\nThe second plan is empty: the account is as declared.\n'
