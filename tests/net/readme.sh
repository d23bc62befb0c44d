# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# readme.sh - every block of README.md that is fenced as "sh test" is run as it stands, in an empty
# folder, with the built xcap first in PATH; each must end with status 0 within 30 seconds.

# blocks: writes them to $T/block.1, $T/block.2, ...
blocks()
{
	awk -v base="$T/block." '
		/^```/ { if (open) { open = 0; close(base n) } else if ($0 ~ /^```sh test *$/) { open = 1; n++ }; next }
		open { print >(base n) }' "$ROOT/README.md"
}

test_readme__examples_run_as_they_stand()
{
	local block rc n=0

	mkdir "$T/bin" "$T/here"
	ln -s "$XCAP" "$T/bin/xcap"
	# the examples say sudo for the reader; here everything is root's already
	printf '#!/bin/sh\nexec "$@"\n' >"$T/bin/sudo"
	chmod +x "$T/bin/sudo"
	blocks
	cd "$T/here" || fail "no folder"
	for block in "$T"/block.*; do
		[ -e "$block" ] || fail "README.md has no block that is fenced as 'sh test'"
		rc=0
		PATH=$T/bin:$PATH timeout $((30 * SLOW)) bash -euo pipefail "$block" >"$T/out" 2>"$T/err" </dev/null || rc=$?
		if [ "$rc" != 0 ]; then
			cat "$block" >&2
			fail "this example of README.md ended with $rc"
		fi
		n=$((n + 1))
	done
	at_least "examples" "$n" 1
}
