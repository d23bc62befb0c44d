# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# attach.sh - many functions by one link, functions at their return, and how probes are let go. Each of
# these hangs on what a kernel has, so they are run in the guests.

ECHO_REQUEST=(-e "icmp[0] == 8 and dst host $IP_B")

need_kprobe_multi()
{
	need_feature kprobe-multi "kprobe-multi in this kernel"
}

test_kprobe_multi__sees_each_packet_once_at_each_function()
{
	need_kprobe_multi
	net_up
	capture skb --debug -f kprobe-multi:ip_rcv,kprobe-multi:ip_local_deliver,kprobe-multi:icmp_rcv \
		"${ECHO_REQUEST[@]}" -- ping4 3
	eq "lines" "$(lines "$T/out")" 9
	eq "at ip_rcv" "$(count "$T/out" ' ip_rcv ')" 3
	eq "at icmp_rcv" "$(count "$T/out" ' icmp_rcv ')" 3
	each_line_matches "$T/out" 'IP 10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request'
	match "$T/err" '^xcap: debug: kprobe-multi: 3 of 3 functions by 1 link, in 1 attempt'
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

# From 5.15 on a cookie tells the program which kprobe was hit, before that the place does.
test_kprobe__many_share_one_program_that_tells_them_apart()
{
	need_kprobe
	net_up
	start skb -f 'kprobe:ip_rcv,kprobe:ip_local_deliver,kprobe:icmp_rcv,kprobe:icmp_echo*' "${ECHO_REQUEST[@]}"
	grep -hs '^prog_id:' "/proc/$XCAP_PID"/fdinfo/* | sort -u >"$T/programs"
	ping4 2
	stop
	eq "programs" "$(lines "$T/programs")" 1
	eq "at ip_rcv" "$(count "$T/out" ' ip_rcv .*10\.99\.0\.2: ICMP echo request')" 2
	eq "at ip_local_deliver" "$(count "$T/out" ' ip_local_deliver .*10\.99\.0\.2: ICMP echo request')" 2
	eq "at icmp_rcv" "$(count "$T/out" ' icmp_rcv .*10\.99\.0\.2: ICMP echo request')" 2
	eq "at icmp_echo" "$(count "$T/out" ' icmp_echo .*10\.99\.0\.2: ICMP echo request')" 2
	eq "lines" "$(lines "$T/out")" 8
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

test_kprobe_multi__a_function_that_cannot_be_traced_costs_no_other()
{
	need_kprobe_multi
	net_up
	# assembly at the entry from user space: it has a symbol, but nothing may hang there
	capture skb -f kprobe-multi:ip_rcv,kprobe-multi:entry_SYSCALL_64@1,kprobe-multi:icmp_rcv \
		"${ECHO_REQUEST[@]}" -- ping4 2
	eq "warnings" "$(count "$T/err" '^xcap: warning: ')" 1
	match "$T/err" "^xcap: warning: probe 'kprobe-multi:entry_SYSCALL_64@1' is left out: .*cannot trace"
	eq "lines" "$(lines "$T/out")" 4
	eq "at ip_rcv" "$(count "$T/out" ' ip_rcv ')" 2
	eq "at icmp_rcv" "$(count "$T/out" ' icmp_rcv ')" 2
}

# A call inside a function looks as if it could be traced: the link over all fails, and its halves tell which.
test_kprobe_multi__a_batch_that_fails_is_halved_down_to_the_one_at_fault()
{
	need_kprobe_multi
	"$ROOT/build/tests/attach_batch" >"$T/out" 2>"$T/err" || fail "the addresses are not to be had"
	eq "attached" "$(count "$T/out" '^[a-z0-9_]+ attached$')" 8
	match "$T/out" '^call E[A-Z]+, suspected 0$'
	match "$T/out" '^8 attached by [2-4] links$'
	match "$T/err" 'kprobe-multi: 8 of 9 functions by [2-4] links, in [5-9] attempts, 0 suspected'
	# where it takes no kprobe either, three are asked for; a named one always is
	eq "kprobes" "$(sed -n '/: cannot put a kprobe on .entry_SYSCALL_64.*EINVAL.*/s//: asked/p
		/: no kprobe on .*, as on [34] functions like it.*/s//: not asked/p; /: taken/p' "$T/out")" \
		"$(printf '%s\n' 'of a glob: asked' 'of a glob: asked' 'of a glob: asked' 'of a glob: not asked' \
			'of a glob: not asked' 'by name: asked' 'of a glob: not asked' 'by name: taken' 'of a glob: asked')"
}

# Argument 9, or 8 on newer kernels: it stands on the stack, not in a register.
test_kprobe_multi__reads_an_argument_on_the_stack()
{
	need_kprobe_multi
	net_up
	capture skb -f kprobe-multi:__udp4_lib_lookup -e 'udp dst port 9' -- udp 3 9
	eq "lines" "$(count "$T/out" ' __udp4_lib_lookup .*IP 10\.99\.0\.1\.[0-9]+ > 10\.99\.0\.2\.9: UDP, length 1')" 3
	eq "of them" "$(lines "$T/out")" 3
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

# returns_of KIND: what is known to return 0 does, once per packet, and the counters close.
returns_of()
{
	net_up
	capture skb -f "$1:ip_local_deliver" "${ECHO_REQUEST[@]}" -- ping4 3
	eq "lines" "$(lines "$T/out")" 3
	each_line_matches "$T/out" ' ip_local_deliver .*ICMP echo request.* ret=0$'
	eq "sent" "$(total sent)" 3
	eq "lost" "$(($(total ring_full) + $(total table_full) + $(total fault) + $(total nested)))" 0
	no_match "$T/err" 'had not come to'
}

# dropped_by KIND: a rule of netfilter that drops makes nf_hook_slow return an error.
dropped_by()
{
	net_up
	drop_port 9000
	capture skb -f "$1:nf_hook_slow@1" -e 'tcp dst port 9000' -- syn 9000
	at_least "drops" "$(count "$T/out" ' nf_hook_slow .*10\.99\.0\.2\.9000: .* ret=-1 \(EPERM\)$')" 1
}

test_exit__by_fexit_has_the_value_and_the_packet()
{
	need_mechanism fexit ip_local_deliver
	returns_of fexit
}

test_exit__by_kretprobe_has_the_value_and_the_packet()
{
	need_kprobe
	returns_of kretprobe
}

test_exit__by_fexit_of_what_netfilter_dropped_is_an_error()
{
	need_mechanism fexit nf_hook_slow
	dropped_by fexit
}

test_exit__by_kretprobe_of_what_netfilter_dropped_is_an_error()
{
	need_kprobe
	dropped_by kretprobe
}

# Over loopback the request is delivered, and answered, before its transmission has returned: the same
# function runs inside itself, on one CPU.
test_exit__of_nested_calls_gives_each_its_own_packet()
{
	need_kprobe
	# before, a kretprobe follows no more calls at a time than the machine has CPUs
	kernel_at_least 5 15 || skip "more than one call at a time through a kretprobe"
	net_up
	capture skb -f kretprobe:ip_output@3 -e icmp -- in_a ping -q -n -c 3 -i 0.05 "$IP_A"
	eq "requests" "$(count "$T/out" ' ip_output .*ICMP echo request.* ret=0$')" 3
	eq "replies" "$(count "$T/out" ' ip_output .*ICMP echo reply.* ret=0$')" 3
	eq "lines" "$(lines "$T/out")" 6
}

test_exit__and_entry_of_one_function_are_two_probes()
{
	need_kprobe
	net_up
	capture skb -f kprobe:icmp_rcv -f kretprobe:ip_local_deliver "${ECHO_REQUEST[@]}" -- ping4 2
	eq "at the entry" "$(count "$T/out" ' icmp_rcv .*length 64$')" 2
	eq "at the return" "$(count "$T/out" ' ip_local_deliver .* ret=0$')" 2
}

holder_pid()
{
	local comm

	for comm in /proc/[0-9]*/comm; do
		[ "$(cat "$comm" 2>/dev/null)" != xcap-detach ] || { basename "${comm%/comm}"; return; }
	done
}

no_holder()
{
	[ -z "$(holder_pid)" ]
}

# Whoever reads the output of xcap, or waits at the prompt, does not wait for slow detaching.
test_detach__is_waited_for_by_a_process_without_our_files()
{
	local pid fd

	need_kprobe
	net_up
	start skb -f kprobe:ip_rcv,kprobe:icmp_rcv,kprobe:ip_local_deliver,kprobe:ip_forward,kprobe:udp_rcv \
		"${ECHO_REQUEST[@]}"
	pid=$(holder_pid)
	[ -n "$pid" ] || fail "nobody holds five kprobes"
	for fd in /proc/"$pid"/fd/*; do
		case $(readlink "$fd") in
		anon_inode:* | pipe:*) ;;
		*) fail "it holds $(readlink "$fd")" ;;
		esac
	done
	eq "kprobes held" "$(find "/proc/$pid/fd" -lname 'anon_inode:*' | wc -l)" 5
	ping4 1
	stop
	eq "lines" "$(lines "$T/out")" 3
	until_true 30 no_holder || fail "it does not end"
	start skb -f kprobe:ip_rcv,kprobe:icmp_rcv,kprobe:ip_local_deliver,kprobe:ip_forward,kprobe:udp_rcv
	kill -KILL "$XCAP_PID"
	reap "$XCAP_PID" 20
	until_true 30 no_holder || fail "it outlives xcap"
}

test_detach__of_few_probes_needs_nobody()
{
	need_kprobe
	net_up
	start skb -f kprobe:ip_rcv,kprobe:icmp_rcv
	no_holder || fail "somebody holds two kprobes"
	stop
}

test_debug__tells_how_long_each_phase_took()
{
	local phase

	try 0 skb --debug --cmd true
	for phase in BTF load attach detach; do
		match "$T/err" "^xcap: debug: phase $phase: [0-9]+\.[0-9] ms$"
	done
	try 0 skb --cmd true
	no_match "$T/err" 'phase'
}

# The kernel's types tell whether links have such a count, and are long let go of when it is asked for.
test_missed__hits_of_kprobes_are_known_where_links_count_them()
{
	need_kprobe
	need_feature 'missed hits' "links that count missed hits"
	net_up
	capture skb -f kprobe:icmp_rcv -i "$DEV_B" -e icmp -- ping4 1
	match "$T/out" '^[0-9:.]+ icmp_rcv '
	no_match "$T/err" 'missed: unknown'
}
