#!/usr/bin/env bash
# One command of reconciler, for action.yml. Everything comes in variables and is handed on as one word each: nothing of
# it is ever part of a script. What is printed is foreign text (names, subjects, titles), so GitHub is told to take none
# of it for a workflow command.
set -euo pipefail
export LC_ALL=C.UTF-8

readonly exit_changes=2 exit_blocked=4 exit_differs=5 exit_partly=6 exit_usage=64 exit_later=75
readonly exit_interrupted=130 exit_killed=137 exit_terminated=143

if [[ -n $ACCOUNT && ! $ACCOUNT =~ ^[a-z0-9][a-z0-9_-]{0,62}$ ]]; then
    echo 'an account is named by lower-case letters, digits, _ and -' >&2
    exit "$exit_usage"
fi
folder=$(mktemp -d "${RUNNER_TEMP:?}/reconciler.XXXXXX")
page="$folder/reconciler${ACCOUNT:+-$ACCOUNT}.html"
readonly folder markdown="$folder/report.md" json="$folder/report.json" text="$folder/report.txt"
readonly run_page="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"

# A ledger in a ref of the repository: git asks this for a password. Nothing of it is kept in a file.
if [[ -n ${GITHUB_TOKEN:-} ]]; then
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="credential.$GITHUB_SERVER_URL.helper"
    # shellcheck disable=SC2016  # git's shell reads the variable, this one must not
    export GIT_CONFIG_VALUE_0='!f() { test "$1" = get && printf "username=x-access-token\npassword=%s\n" "$GITHUB_TOKEN"; }; f'
fi

# words: the command line. An option and its value are one word, so that no value is taken for an option.
root=()
[[ $WORKSPACE == . ]] || root=(--workspace="$WORKSPACE")
words=("${root[@]}" ${ACCOUNT:+--account="$ACCOUNT"})
reports=(--report="$json" --report="$markdown")
pages=("${reports[@]}" --report="$page" ${COMMIT:+--commit="$COMMIT"})
case $AGAINST in
    live) against=() ;;
    sandbox) against=(--sandbox) ;;
    *) against=(--against="$AGAINST") ;;
esac
case $COMMAND in
    accounts)
        if [[ $ACCOUNT ]]; then # one that is named is no question of which
            printf 'matrix={"include":[{"account":"%s"}]}\n' "$ACCOUNT" >>"$GITHUB_OUTPUT"
            exit 0
        fi
        words=(accounts "${root[@]}" --format=matrix --part="$PART" ${SINCE:+--changed-since="$SINCE"})
        ;;
    validate) words=(validate "${words[@]}" "${reports[@]}") ;;
    plan) words=(plan "${words[@]}" "${against[@]}" "${pages[@]}" ${PLAN:+--save="$PLAN"}) ;;
    drift) words=(plan "${words[@]}" --detailed-exitcode "${against[@]}" "${pages[@]}" ${PLAN:+--save="$PLAN"}) ;;
    apply)
        words=(apply "${words[@]}" "${pages[@]}" --lock-timeout=10min ${MAX_TIME:+--max-time="$MAX_TIME"})
        words+=(${PLAN:+--plan="$PLAN"} ${DIGEST:+--digest="$DIGEST"} ${NOT_REVIEWED:+--not-reviewed="$NOT_REVIEWED"})
        ;;
    stop) words=(stop "${words[@]}" --all) ;;
    *)
        echo 'command is one of setup, accounts, validate, plan, apply, drift and stop' >&2
        exit "$exit_usage"
        ;;
esac

# lineages: which ledger each account has, as far as the workspace says.
lineages() {
    [[ ! -f $WORKSPACE/reconciler.lineage ]] || grep -v '^#' "$WORKSPACE/reconciler.lineage" || true
}

# guarded COMMAND…: runs it with workflow commands switched off, its report also in $text. SIGINT and SIGTERM reach it:
# GitHub stops a job with SIGINT and kills it ten seconds later, time for calls in flight to end and the ledger to be freed.
guarded() {
    local word child code=0 stopped=
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$word"
    "$@" </dev/null >"$text" &
    child=$!
    trap 'stopped=yes; kill -TERM "$child" 2>/dev/null || true' INT TERM
    wait "$child" || code=$?
    while [[ $stopped ]]; do
        stopped='' code=0
        wait "$child" || code=$?
    done
    trap - INT TERM
    cat "$text"
    printf '\n::%s::\n' "$word"
    return "$code"
}

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# note LINE…: a paragraph at the end of the Markdown report.
note() { printf '%s\n' '' "$@" >>"$markdown"; }

before=$(lineages)
code=0
guarded reconciler "${words[@]}" || code=$?
output exit_code "$code"

case $COMMAND in
    accounts)
        [[ $code != 0 ]] || output matrix "$(<"$text")"
        exit "$code"
        ;;
    stop)
        # Indented it is code, in which no name means anything.
        { printf '### reconciler stop%s\n\n' "${ACCOUNT:+: $ACCOUNT}" && sed 's/^/    /' "$text"; } >"$markdown"
        ;;
esac

if [[ ! -f $markdown ]]; then
    printf '### reconciler %s%s\n' "$COMMAND" "${ACCOUNT:+: $ACCOUNT}" >"$markdown"
    note "It ended with $code before it could write its report; the [log]($run_page) may say why."
fi
if [[ $COMMAND == apply ]]; then
    case $code in
        "$exit_later" | "$exit_interrupted" | "$exit_terminated" | "$exit_killed")
            note "**Re-run the failed jobs of [this run]($run_page) to go on where it stopped.** A plan that was reviewed" \
                'as a whole needs no new review for that.'
            ;;
        "$exit_partly")
            note "Once that is corrected, re-run the failed jobs of [this run]($run_page) to go on with the rest."
            ;;
        "$exit_differs")
            note "Whoever agrees to the plan as it is now starts this workflow by hand, with the account and the digest of now." \
                'Or it is reviewed again in a pull request that changes one of the account'"'"'s files.'
            ;;
    esac
    # grep -v: the lines that this run has added.
    new=$(lineages | grep -vxF -e "$before" || true)
    if [[ $new ]]; then
        note '**To be committed once:** this line in `reconciler.lineage`, beside `reconciler.yaml`, says which ledger the' \
            'account has, so that one that is lost is never taken for a new one. Until then runs go on as before.' \
            '' '```' "$new" '```'
    fi
fi
if [[ $AGAINST == sandbox ]]; then
    note '_Planned against a simulated account: the real one holds other people, and what is blocked here may not be there._'
fi
cat "$markdown" >>"$GITHUB_STEP_SUMMARY"

output markdown_path "$markdown"
output json_path "$json"
[[ $COMMAND == validate && $code == 0 ]] ||
    guarded reconciler github outputs "$json" ${ACCOUNT:+--account="$ACCOUNT"} ${PLAN:+--plan="$PLAN"} --report="$page"

case $COMMAND/$AGAINST/$code in
    drift/*/"$exit_changes" | plan/sandbox/"$exit_blocked") ;; # what it found is told, and no failure
    *) exit "$code" ;;
esac
