# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# chains.sh - which netfilter table and chain dropped a packet, where functions can be probed.

# drops PORT: what `xcap drop` prints of a SYN from A to PORT in B. The hooks are by fexit, also in modules.
drops()
{
	need_mechanism fexit nf_hook_slow
	timeout $((20 * SLOW)) "$XCAP" drop tcp port "$1" </dev/null >"$T/out" 2>"$T/err" \
		--cmd "ip netns exec $NS_A timeout 0.5 bash -c '</dev/tcp/$IP_B/$1' 2>/dev/null || true"
}

test_chain__of_nft__is_shown_with_its_table()
{
	need nft
	kernel_at_least 5 11 || skip "the types of modules"
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

test_chain__of_iptables__is_shown_with_its_table()
{
	need iptables-legacy
	kernel_at_least 5 11 || skip "the types of modules"
	net_up
	in_b iptables-legacy -A INPUT -p tcp --dport 9000 -j DROP || skip "ip_tables"
	in_b iptables-legacy -t raw -A PREROUTING -p tcp --dport 9001 -j DROP
	drops 9000
	match "$T/out" ' [^ ]*\(filter/INPUT\) .*10\.99\.0\.2\.9000: Flags \[S\]'
	drops 9001
	match "$T/out" ' [^ ]*\(raw/PREROUTING\) .*10\.99\.0\.2\.9001: Flags \[S\]'
}
