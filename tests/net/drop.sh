# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# drop.sh - `xcap drop`: what it leaves out, and its options. drop_causes.sh has the causes.

# Only what happens in the test's own namespaces.
here()
{
	printf '%s\n' -i "*@$NS_A" -i "*@$NS_B"
}

test_drop__a_healthy_exchange_shows_nothing_and_counts_what_it_leaves_out()
{
	need python3 tcpdump
	net_up
	tcpdump_start icmp
	mapfile -t where < <(here)
	start drop "${where[@]}"
	ping4 3
	ping6 3
	in_a ip neigh flush all
	ping4 1
	ping6 1
	tcp_stream 9000 300000
	in_a python3 "$NET/drop_healthy.py" "$DEV_A" "$IP_A"
	tcpdump_stop
	stop
	eq "drops" "$(lines "$T/out")" 0
	match "$T/err" '^not shown, but by --all: .*[0-9]+ echo replies without a ping socket'
	no_match "$T/err" 'warning'
	at_least "packets seen" "$(total seen)" 4
}

test_all__shows_what_is_no_drop_too()
{
	net_up
	mapfile -t where < <(here)
	capture drop --all "${where[@]}" icmp -- ping4 3
	eq "lines" "$(count "$T/out" ' ping_rcv\+0x[0-9a-f]+ +- +x.*ICMP echo reply')" 3
	no_match "$T/err" 'not shown'
}

test_reason__is_compared_in_the_kernel()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	mapfile -t where < <(here)
	start drop --reason otherhost,no_socket "${where[@]}"
	udp 3 9004
	syn 9000
	stop
	eq "lines" "$(lines "$T/out")" 3
	eq "lines of that reason" "$(count "$T/out" ' NO_SOCKET .*\.9004: UDP')" 3
	at_least "rejected in the kernel" "$(total rejected)" 1
	try 2 drop --reason NO_SOCKETS
	error_says "--reason 'NO_SOCKETS': this kernel has no such reason"
	hint_says "did you mean 'NO_SOCKET'"
}

test_reason__is_taken_at_the_tracepoint_too_and_nowhere_else()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	mapfile -t where < <(here)
	start skb -f skb:kfree_skb --reason NO_SOCKET "${where[@]}"
	udp 3 9004
	syn 9000
	stop
	eq "lines" "$(lines "$T/out")" 3
	eq "lines of that reason" "$(count "$T/out" ' NO_SOCKET .*\.9004: UDP')" 3
	try 2 skb -f skb:kfree_skb,net:netif_receive_skb --reason NO_SOCKET
	error_says "--reason 'NO_SOCKET': packets have no reason at 'tracepoint:net:netif_receive_skb'"
}

test_drop__stop_on_its_reason__ends_the_capture_at_the_first_that_is_shown()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	mapfile -t where < <(here)
	start drop --stop-on reason=NETFILTER_DROP "${where[@]}"
	udp 1 9004
	syn 9000
	finish
	eq "lines" "$(lines "$T/out")" 2
	match "$T/out" ' NO_SOCKET .*\.9004: UDP'
	match "$T/out" ' NETFILTER_DROP .*\.9000: Flags'
}

test_summary__is_a_table_beside_the_file_and_explain_gives_advice()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	mapfile -t where < <(here)
	capture drop --summary --explain -w "$T/x.pcapng" "${where[@]}" udp port 9004 -- udp 3 9004
	match "$T/out" '^ +drops +per second +reason +place +path$'
	match "$T/out" '^ +3 +[0-9]+\.[0-9] +NO_SOCKET +__udp4_lib_rcv\+0x[0-9a-f]+ +-$'
	eq "lines" "$(lines "$T/out")" 2
	eq "packets in the file" "$(packets "$T/x.pcapng")" 3
	eq "advice" "$(count "$T/err" '^NO_SOCKET: nobody listens')" 1
}

test_drop__an_answer_that_a_full_listener_does_not_give_is_seen_by_its_counter()
{
	need python3
	net_up
	background ip netns exec "$NS_B" python3 "$NET/drop_send.py" hold "$T/held" "$IP_B:9014:tcp"
	until_true 10 [ -e "$T/held" ] || fail "nobody listens"
	mapfile -t where < <(here)
	capture drop "${where[@]}" tcp port 9014 -- in_a python3 "$NET/drop_send.py" connect 4 "$IP_B" 9014
	match "$T/err" '^counters of losses that moved'
	match "$T/err" "^  TcpExt ListenOverflows \+[1-9][0-9]* @$NS_B\$"
	no_match "$T/err" "ListenOverflows .* @$NS_A\$"
}

test_drop__of_a_listener_has_its_state_with_v()
{
	kernel_at_least 6 11 || skip "the socket of a drop (kernel 6.11)"
	need python3
	net_up
	background ip netns exec "$NS_B" python3 "$NET/drop_send.py" hold "$T/held" "$IP_B:9014:tcp"
	until_true 10 [ -e "$T/held" ] || fail "nobody listens"
	mapfile -t where < <(here)
	capture drop -v "${where[@]}" tcp port 9014 -- in_a python3 "$NET/drop_send.py" flags "$IP_B" 9014
	eq "drops" "$(count "$T/out" ' TCP_FLAGS ')" 1
	eq "states" "$(count "$T/out" '^    #1 .* sk=LISTEN ')" 1
}

test_drop__path_is_in_the_file_too()
{
	need tshark
	net_up
	drop_port 9000
	mapfile -t where < <(here)
	capture drop -w "$T/x.pcapng" "${where[@]}" tcp port 9000 -- syn 9000
	tshark -r "$T/x.pcapng" -T fields -e frame.comment >"$T/comments" 2>"$T/tshark.err"
	eq "packets" "$(lines "$T/comments")" 1
	match "$T/comments" ' location=[^ ]+ nf=ip.x20INPUT( |$)'
}

test_summary__on_a_terminal_is_drawn_again_in_place()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	need script
	net_up
	# ends when the table was drawn again, which is once a second
	cat >"$T/send" <<-END
		ip netns exec $NS_A bash -c 'echo x >/dev/udp/$IP_B/9004'
		timeout $((10 * SLOW)) bash -c 'until grep -q "\[2A" "$T/typescript"; do :; done'
	END
	script -qfc "\"$XCAP\" drop --summary -i '*@$NS_B' --cmd 'sh $T/send'" "$T/typescript" </dev/null >/dev/null
	tr -d '\r' <"$T/typescript" >"$T/out"
	at_least "drawn again" "$(count "$T/out" $'\e\\[2A\e\\[J')" 1
	match "$T/out" '^ +1 +0\.0 +NO_SOCKET +'
	match "$T/out" '^1 packet captured$'
}
