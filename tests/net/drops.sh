# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# drops.sh - skb:kfree_skb: the reason by name and the place, of packets that a netfilter rule drops.

test_kfree_skb__a_dropped_syn_shows_its_reason_and_place()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	capture skb -f skb:kfree_skb -e 'tcp port 9000' -- syn 9000
	at_least "lines" "$(lines "$T/out")" 1
	match "$T/out" \
		"^[0-9:.]{15} NETFILTER_DROP +[a-z_0-9.]+\+0x[0-9a-f]+(\[[a-z_0-9]+\])? .*$DEV_B.* IP 10\.99\.0\.1\.[0-9]+ > 10\.99\.0\.2\.9000: Flags \[S\]"
	no_match "$T/out" 'Flags \[\.\]|Flags \[S\.\]'
	# netfilter's path is known without xcap drop, too
	match "$T/out" ' NETFILTER_DROP +[^ ]+ +ip:INPUT(\([^ ]+\))? '
}

test_kfree_skb__on_kernels_without_reasons_the_place_is_shown()
{
	net_up
	drop_port 9000
	capture skb -f skb:kfree_skb -e 'tcp port 9000' -- syn 9000
	match "$T/out" "[a-z_0-9.]+\+0x[0-9a-f]+(\[[a-z_0-9]+\])? .*IP 10\.99\.0\.1\.[0-9]+ > 10\.99\.0\.2\.9000: Flags \[S\]"
}

test_kfree_skb__reason_and_place_are_in_the_file()
{
	need tshark
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	capture skb -f skb:kfree_skb -w "$T/x.pcapng" -e 'tcp port 9000' -- syn 9000
	tshark -r "$T/x.pcapng" -T fields -e frame.comment >"$T/comments" 2>"$T/tshark.err"
	match "$T/comments" 'reason=NETFILTER_DROP'
	match "$T/comments" 'location=[a-z_0-9.]+\+0x[0-9a-f]+'
}

test_kfree_skb__beside_another_probe_still_says_the_reason()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	capture skb -v -f tp:skb:kfree_skb,tp:net:netif_receive_skb -e 'tcp port 9000' -- syn 9000
	match "$T/out" 'NETFILTER_DROP'
	match "$T/out" ' netif_receive_skb .*Flags \[S\]'
	eq "lines with a path" "$(count "$T/out" ' path=ip:INPUT(\([^ ]+\))? ')" "$(count "$T/out" ' NETFILTER_DROP ')"
}
