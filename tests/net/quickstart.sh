# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# quickstart.sh - tests/quickstart.sh, which `make quickstart` runs, ends by itself in every case and leaves
# nothing behind.

# quickstart STATUS [UNDER...]: runs it to its end.
quickstart()
{
	local want=$1

	shift
	RC=0
	timeout -k 5 $((50 * SLOW)) "$@" "$ROOT/tests/quickstart.sh" >"$T/out" 2>"$T/err" </dev/null || RC=$?
	eq "exit status" "$RC" "$want"
}

# Nothing of it is left: its namespaces and its temporary file.
cleaned_up()
{
	absent /run/netns/xcap-client
	absent /run/netns/xcap-server
	[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'xcap-quickstart.*' -newer "$T/mark")" ] ||
		fail "a temporary file was left behind"
}

test_quickstart__shows_a_ping_a_connection_and_a_drop()
{
	need nft socat
	touch "$T/mark"
	quickstart 0
	match "$T/out" ' netif_receive_skb .*ICMP echo request'
	match "$T/out" ' netif_receive_skb .*Flags \[P\.\].*length 6'
	match "$T/out" 'Flags \[S\]'
	match "$T/out" '^\+ xcap skb -f skb:kfree_skb '
	match "$T/out" '^Done\.'
	cleaned_up
}

test_quickstart__takes_iptables_where_nft_does_not_run()
{
	local nft

	need iptables socat
	nft=$(command -v nft || true)
	touch "$T/mark"
	# shellcheck disable=SC2016 # the inner shell expands
	quickstart 0 unshare -m bash -c '[ -z "$1" ] || mount --bind /dev/null "$1"; shift; exec "$@"' - "$nft"
	match "$T/out" '^\+ ip netns exec xcap-server iptables '
	match "$T/out" '^Done\.'
	cleaned_up
}

test_quickstart__leaves_a_namespace_that_is_not_its_own_alone()
{
	need socat
	touch "$T/mark"
	ip netns add xcap-server
	RC=0
	timeout -k 5 $((50 * SLOW)) "$ROOT/tests/quickstart.sh" >"$T/out" 2>"$T/err" </dev/null || RC=$?
	[ -e /run/netns/xcap-server ] || fail "it deleted the namespace of somebody else"
	ip netns delete xcap-server
	eq "exit status" "$RC" 1
	match "$T/err" 'namespace xcap-server'
	cleaned_up
}

test_quickstart__ended_by_a_signal_cleans_up()
{
	need socat
	touch "$T/mark"
	background "$ROOT/tests/quickstart.sh" >"$T/out" 2>"$T/err" </dev/null
	until_true 20 grep -q 'listening on' "$T/err" || fail "it does not capture"
	kill -TERM "$BG"
	reap "$BG" 30
	eq "exit status" "$RC" 143
	no_match "$T/out" '^Done'
	cleaned_up
}
