# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sets.sh - probes by the name of a set: those that xcap comes with, and the user's own.

# own_sets TEXT: the file of the next xcap's user.
own_sets()
{
	mkdir -p "$T/config/xcap"
	printf '%s\n' "$1" >"$T/config/xcap/probes"
	UNDER=(env "XDG_CONFIG_HOME=$T/config")
}

test_sets__rx_and_tx_capture_on_the_way_in_and_out()
{
	net_up
	capture skb -f '@rx,@tx,!ip_defrag' -e "icmp[0] == 8 and dst host $IP_B" -- ping4 2
	eq "at netif_receive_skb" "$(count "$T/out" " netif_receive_skb +$DEV_B@")" 2
	eq "at net_dev_queue" "$(count "$T/out" " net_dev_queue +$DEV_A@")" 2
	eq "at net_dev_start_xmit" "$(count "$T/out" " net_dev_start_xmit +$DEV_A@")" 2
	no_match "$T/out" ' (kfree_skb|icmp_rcv|ip_local_deliver) '
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

# What list shows is what a capture probes: no place more, none less.
test_sets__list_shows_what_is_probed()
{
	local set

	for set in rx tx tcp trace; do
		try 0 list "@$set"
		match "$T/out" "^@$set  +[a-zA-Z]"
		sed -nE 's/^[ >] ([^ ]*)$/\1/p' "$T/out" | sed 's/@[0-9]*$//' | sort >"$T/listed"
		at_least "places" "$(lines "$T/listed")" 1
		try 0 skb -f "@$set" --dry-run
		sed -n 's/^probe  *//p' "$T/out" | sed 's/@[0-9]*$//' | sort >"$T/planned"
		diff "$T/listed" "$T/planned" >&2 || fail "list and capture differ on @$set"
	done
	try 0 list @
	eq "sets" "$(count "$T/out" '^@')" 9
	try 0 list --json @drop
	python3 - "$T/out" <<'END' || fail "the JSON of a set"
import json, sys
(line,) = open(sys.argv[1])
found = json.loads(line)
assert found["set"] == "drop" and found["from"] == "xcap", found
(member,) = found["members"]
assert member["probe"] == "tracepoint:skb:kfree_skb@1" and member["why_not"] is None, member
assert member["arrives"] is False, member
END
	try 0 list -v -l @drop
	match "$T/out" 'tracepoint:skb:kfree_skb@1 .*raw_tp.*\(struct sk_buff \*'
}

test_sets__own_ones_come_from_a_file()
{
	own_sets 'mine = no_such_function | tp:net:netif_receive_skb, # the second is here
	> tp:net:net_dev_start_xmit'
	net_up
	capture skb -f @mine -e "icmp[0] == 8 and dst host $IP_B" -- ping4 1
	eq "at netif_receive_skb" "$(count "$T/out" " netif_receive_skb ")" 1
	eq "at net_dev_start_xmit" "$(count "$T/out" " net_dev_start_xmit ")" 1
	eq "lines" "$(lines "$T/out")" 2
	try 0 list @mine
	eq "first line" "$(head -n 1 "$T/out")" "@mine       line 1 of $T/config/xcap/probes"
	match "$T/out" '^> tracepoint:net:net_dev_start_xmit@1$'
	own_sets 'drop = @drop, tp:net:net_dev_queue'
	try 0 skb -f @drop --dry-run
	match "$T/out" '^probe +tracepoint:skb:kfree_skb$'
	match "$T/out" '^probe +tracepoint:net:net_dev_queue$'
	match "$T/err" "^xcap: '@drop' is that of '$T/config/xcap/probes', line 1\$"
}

test_sets__faults_are_told_where_they_are()
{
	try 2 skb -f '@rxx'
	error_says "there is no set of probes '@rxx'"
	hint_says "did you mean '@rx'"
	own_sets 'mine = ip_rcv,
	ip%rcv'
	try 2 skb -f @mine
	error_says "$T/config/xcap/probes:2: unexpected '%'"
	# whoever uses no set is not told of the file
	try 0 skb -f tp:skb:kfree_skb --dry-run
	no_match "$T/err" 'probes:2'
}

# Under sudo the file is that of whoever called it, not root's.
test_sets__under_sudo_the_file_is_the_callers()
{
	mkdir -p "$T/home/.config/xcap"
	echo 'mine = tp:skb:kfree_skb' >"$T/home/.config/xcap/probes"
	# shellcheck disable=SC2034 # of lib.sh
	UNDER=(env -u XDG_CONFIG_HOME -u SUDO_USER "HOME=$T/home")
	try 0 list @mine
	# shellcheck disable=SC2034 # of lib.sh
	UNDER=(env -u XDG_CONFIG_HOME SUDO_USER=nobody "HOME=$T/home")
	try 2 list @mine
	error_says "there is no set of probes '@mine'"
}
