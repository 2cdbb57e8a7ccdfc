#!/bin/sh
# Judges a server for a night and keeps the record of nights, its page and its cases on the branch `nights`.
# From cron, in a clone that may push (its keys in the environment):
#   17 3 * * *  cd /srv/conformance && . ./keys.env && sh docs/workflows/nightly.sh staging.toml --minutes 30
# Everything behind the target file goes to `nhq nightly`. Exit code: that of the night.
set -u
target=$1
shift
kept=.nights

git worktree remove --force "$kept" 2>/dev/null
git worktree prune
if git fetch --quiet origin nights 2>/dev/null; then
    git worktree add --quiet --detach "$kept" FETCH_HEAD || exit 2
else
    git worktree add --quiet --detach "$kept" || exit 2
    git -C "$kept" checkout --quiet --orphan nights-begin
    git -C "$kept" rm -rfq . 2>/dev/null
fi

nhq nightly --target "$target" --db "$kept/nights.db" --metrics "$kept/nhq.prom" --text "$kept/chat.txt" "$@"
code=$?
nhq nights --db "$kept/nights.db" --html "$kept/index.html" >/dev/null

git -C "$kept" add -A
git -C "$kept" -c user.name=nhq -c user.email=nhq@localhost commit --quiet -m "Night of $(date -u +%F)"
git -C "$kept" push --quiet origin HEAD:refs/heads/nights || code=2
git worktree remove --force "$kept"
exit $code
