# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# stacks.sh - the kernel's stack of each packet: what its lines are, at every kind of probe.

# What BPF itself adds, which must not be seen.
MACHINERY='bpf_prog|bpf_trace_run|__traceiter|bpf_trampoline|__bpf_trace|kprobe|fprobe|ftrace|rethook'

# The lines of stacks in a text, without the blanks before them.
frames()
{
	sed -n 's/^        \([^ ]\)/\1/p' "$1"
}

test_stack__of_a_drop__shows_the_way_to_it()
{
	net_up
	capture skb -S -f skb:kfree_skb -i "$DEV_B" -e 'tcp port 9' -c 1 -- syn 9
	eq "packets" "$(grep -c ' IP ' "$T/out")" 1
	frames "$T/out" >"$T/frames"
	# dropped, by whom, and how it came there, in this order
	match "$T/frames" '^(kfree_skb|sk_skb_reason_drop|kfree_skb_reason|__kfree_skb|skb_release)[a-z_]*(\.[a-z0-9.]+)?\+0x'
	match "$T/frames" '^tcp_v4_rcv\+0x'
	match "$T/frames" '^ip_local_deliver_finish\+0x'
	eq "order" "$(grep -nE '^(tcp_v4_rcv|ip_local_deliver_finish|__netif_receive_skb_one_core)\+' "$T/frames" |
		head -n 3 | sed 's/.*:\([a-z0-9_]*\).*/\1/' | xargs)" \
		"tcp_v4_rcv ip_local_deliver_finish __netif_receive_skb_one_core"
	no_match "$T/frames" "$MACHINERY"
	no_match "$T/frames" '^0x'
	[ "$(lines "$T/frames")" -le 32 ] || fail "more than 32 functions without --stack-depth"
}

test_stack_depth__limits_the_functions_behind_the_place()
{
	local depth

	net_up
	for depth in 1 3 127; do
		capture skb -S --stack-depth $depth -f net:netif_receive_skb -i "$DEV_B" -e icmp -c 1 -- ping4 1
		frames "$T/out" >"$T/frames"
		match "$T/frames" '^__netif_receive_skb_core'
		no_match "$T/frames" "$MACHINERY"
		if [ $depth -lt 127 ]; then
			eq "functions with --stack-depth $depth" "$(lines "$T/frames")" $depth
		else
			at_least "functions with --stack-depth $depth" "$(lines "$T/frames")" 10
		fi
	done
}

test_stack_fold__lines_add_up_to_the_packets()
{
	net_up
	capture skb --stack-fold -f net:netif_receive_skb -i "$DEV_B" -e icmp -w "$T/x.pcapng" -- ping4 5
	match "$T/err" '^5 packets captured'
	eq "sum of the lines" "$(awk '{ n += $NF } END { print n }' "$T/out")" 5
	match "$T/out" '^[^ ]+;__netif_receive_skb_core[a-z0-9.]* [0-9]+$'
	no_match "$T/out" "$MACHINERY|\\+0x| IP "
	[ -s "$T/x.pcapng" ] || fail "no file"
	capture skb --format fold -w "$T/x.folded" -f net:netif_receive_skb -i "$DEV_B" -e icmp -- ping4 3
	eq "sum of the lines in a file" "$(awk '{ n += $NF } END { print n }' "$T/x.folded")" 3
	eq "text" "$(lines "$T/out")" 0
}

test_stack__in_a_file__is_a_second_comment()
{
	need tshark
	net_up
	capture skb -S -f net:netif_receive_skb -i "$DEV_B" -e icmp -w "$T/x.pcapng" -- ping4 2
	tshark -nr "$T/x.pcapng" -T fields -E occurrence=a -E separator='|' -e frame.comment \
		>"$T/comments" 2>"$T/tshark.err"
	eq "packets with a stack" "$(grep -c 'stack:' "$T/comments")" 2
	match "$T/comments" '__netif_receive_skb_core'
	match "$T/comments" 'probe=tracepoint:net:netif_receive_skb'
	no_match "$T/tshark.err" 'cut short|[Ee]rror|[Mm]alformed'
	capture skb -f net:netif_receive_skb -i "$DEV_B" -e icmp -w "$T/y.pcapng" -- ping4 1
	tshark -nr "$T/y.pcapng" -T fields -e frame.comment >"$T/comments" 2>"$T/tshark.err"
	no_match "$T/comments" 'stack:'
}

# Addresses that the kernel hides are said to be hidden, and shown as they are.
test_stack__without_CAP_SYSLOG__is_addresses_and_a_note()
{
	local caps=-all,+bpf,+perfmon as

	need setpriv
	kernel_at_least 6 4 || skip "a kernel that needs no CAP_SYS_ADMIN for this"
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="$caps" --ambient-caps="$caps"
		--bounding-set="$caps")
	! "${as[@]}" grep -qm 1 '^[0-9a-f]*[1-9a-f]' /proc/kallsyms || skip "hidden kernel addresses (sysctl)"
	cp "$XCAP" "$T/xcap"
	chmod 755 "$T/xcap" "$T"
	"${as[@]}" timeout $((20 * SLOW)) "$T/xcap" skb -S -f net:netif_receive_skb -e "udp port $ID" -c 1 \
		--cmd "bash -c 'echo x >/dev/udp/127.0.0.1/$ID'; sleep 1" </dev/null >"$T/out" 2>"$T/err"
	eq "packets" "$(grep -c 'UDP' "$T/out")" 1
	frames "$T/out" >"$T/frames"
	at_least "frames" "$(lines "$T/frames")" 5
	no_match "$T/frames" '[a-z_]+\+0x'
	match "$T/frames" '^0xffff[0-9a-f]{12}$'
	match "$T/err" 'hides its addresses from this user: stacks have no names .*kernel.kptr_restrict'
}

# stack_at MECHANISM SPEC FIRST: the stack there begins with the function FIRST.
stack_at()
{
	need_mechanism "$1" "$2"
	net_up
	capture skb -S -f "$1:$2" -e icmp -c 1 -- ping4 1
	frames "$T/out" >"$T/frames"
	eq "first function" "$(head -n 1 "$T/frames" | sed 's/[+.].*//')" "$3"
	match "$T/frames" '^ip_local_deliver_finish\+0x'
	match "$T/frames" '^__netif_receive_skb_one_core\+0x'
	no_match "$T/frames" "$MACHINERY"
}

test_stack__at_fentry__begins_with_the_function()
{
	stack_at fentry icmp_rcv icmp_rcv
}

test_stack__at_a_kprobe__begins_with_the_function()
{
	stack_at kprobe icmp_rcv icmp_rcv
}

test_stack__at_kprobe_multi__begins_with_the_function()
{
	stack_at kprobe-multi icmp_rcv icmp_rcv
}
