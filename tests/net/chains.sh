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

# drops PORT: what `xcap drop` prints of a SYN from A to PORT in B.
drops()
{
	need_hooks
	timeout $((20 * SLOW)) "$XCAP" drop tcp port "$1" </dev/null >"$T/out" 2>"$T/err" \
		--cmd "ip netns exec $NS_A timeout $((1 + SLOW / 4)) bash -c '</dev/tcp/$IP_B/$1' 2>/dev/null || true"
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
	drops 9000
	match "$T/out" ' [^ ]*\(t/c\) .*10\.99\.0\.2\.9000: Flags \[S\]'
	no_match "$T/out" '\(t/other\)'
	drops 9001
	match "$T/out" ' [^ ]*\(t/other\) .*10\.99\.0\.2\.9001: Flags \[S\]'
	no_match "$T/out" '\(t/c\)'
	# what no chain dropped has none
	drops 9002
	match "$T/out" ' 10\.99\.0\.1\.[0-9]+ > 10\.99\.0\.2\.9002: Flags \[S\]'
	no_match "$T/out" '\(t/'
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

test_chain__of_iptables__is_shown_with_its_table()
{
	need iptables-legacy
	net_up
	in_b iptables-legacy -A INPUT -p tcp --dport 9000 -j DROP || skip "ip_tables"
	in_b iptables-legacy -t raw -A PREROUTING -p tcp --dport 9001 -j DROP
	drops 9000
	match "$T/out" ' [^ ]*\(filter/INPUT\) .*10\.99\.0\.2\.9000: Flags \[S\]'
	drops 9001
	match "$T/out" ' [^ ]*\(raw/PREROUTING\) .*10\.99\.0\.2\.9001: Flags \[S\]'
}
