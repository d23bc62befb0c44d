# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# chains.sh - which netfilter table and chain dropped a packet, where functions can be probed.

# Hooks are by fexit, or, before 5.11, which has no types of modules, by kretprobe.
need_hooks()
{
	if kernel_at_least 5 11; then
		need_mechanism fexit nf_hook_slow
	else
		need_mechanism kretprobe nf_hook_slow
	fi
}

# drops PORT...: what `xcap drop` prints of SYNs from A to these ports in B.
drops()
{
	local port

	need_hooks
	start drop -i "*@$NS_B" "tcp dst portrange $1-${*: -1}"
	for port; do
		in_a timeout $((1 + SLOW / 4)) bash -c "</dev/tcp/$IP_B/$port" 2>/dev/null || true
	done
	stop
}

# each_of PORT REGEX: SYNs to the port were dropped, and all of their lines match.
each_of()
{
	grep -E "\\.$1: Flags \\[S\\]" "$T/out" >"$T/port" || fail "no drop of a SYN to port $1"
	each_line_matches "$T/port" "$2"
}

test_chain__of_nft__is_shown_with_its_table()
{
	need nft
	net_up
	in_b nft add table inet t || skip "nftables"
	in_b nft add chain inet t c '{ type filter hook input priority 0; }'
	in_b nft add chain inet t other '{ type filter hook input priority 10; }'
	in_b nft add rule inet t c tcp dport 9000 drop
	in_b nft add rule inet t other tcp dport 9001 drop
	drops 9000 9001 9002
	each_of 9000 ' ip:INPUT\(t/c\) '
	each_of 9001 ' ip:INPUT\(t/other\) '
	# what no chain dropped has none
	each_of 9002 ' - +x'
}

# B's end becomes a port of a bridge: requests to it, and datagrams, come by both tables.
test_chain__of_arptables_and_ebtables__is_shown_by_their_own_hooks()
{
	need arptables-legacy
	need ebtables-legacy
	net_up
	in_b ip link add "br$ID" type bridge || skip "bridges"
	in_b ip addr flush dev "$DEV_B"
	in_b ip link set "$DEV_B" master "br$ID"
	in_b ip addr add "$IP_B/24" dev "br$ID"
	in_b ip link set "br$ID" up
	until_true 10 in_a ping -q -c 1 -W 1 "$IP_B" || fail "the bridge does not answer"
	in_b arptables-legacy -A INPUT --opcode Request -j DROP || skip "arp_tables"
	in_b ebtables-legacy -A INPUT -p IPv4 --ip-protocol udp --ip-destination-port 9000 -j DROP || skip "ebtables"
	need_hooks
	start drop -i "*@$NS_B" "udp port 9000 or arp"
	udp 1 9000
	in_a ip neigh flush all
	in_a ping -q -c 1 -W 1 "$IP_B" >"$T/ping" 2>&1 || true
	stop
	match "$T/out" ' bridge:INPUT\(filter/INPUT\) .*\.9000: UDP'
	match "$T/out" ' arp:INPUT\(filter/INPUT\) .*ARP, Request who-has 10\.99\.0\.2'
	no_match "$T/out" 'PREROUTING'
}

test_chain__of_a_module_that_is_loaded_later__is_said_to_be_unknown()
{
	need arptables-legacy
	need_hooks
	net_up
	# a namespace that had such a table may not be gone altogether yet
	until_true 10 modprobe -rq arptable_filter arp_tables || fail "arp_tables is in use"
	start drop -i "*@$NS_B" arp
	in_b arptables-legacy -A INPUT --opcode Request -j DROP || skip "arp_tables"
	in_a ping -q -c 1 -W 1 "$IP_B" >"$T/ping" 2>&1 || true
	stop
	match "$T/out" ' arp:INPUT .*ARP, Request who-has 10\.99\.0\.2'
	eq "notes" "$(count "$T/err" "module 'arp_tables' was loaded after the start: drops in its chains are shown without")" 1
}

test_chain__of_iptables__is_shown_with_its_table()
{
	need iptables-legacy
	net_up
	in_b iptables-legacy -A INPUT -p tcp --dport 9000 -j DROP || skip "ip_tables"
	in_b iptables-legacy -t raw -A PREROUTING -p tcp --dport 9001 -j DROP
	drops 9000 9001
	each_of 9000 ' ip:INPUT\(filter/INPUT\) '
	each_of 9001 ' ip:PREROUTING\(raw/PREROUTING\) '
}
