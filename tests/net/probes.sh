# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# probes.sh - functions by kprobe and fentry, tracepoints by tp_btf and raw_tp, modules: each mechanism
# sees exactly the packets that went by. These are the tests that the VM kernels are there for.

REQUEST='IP 10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request'

# function_probe SPEC NAME: three requests are seen at NAME, nothing else, and nothing was lost.
function_probe()
{
	net_up
	capture skb -f "$1" -e "icmp[0] == 8 and dst host $IP_B" -- ping4 3
	eq "lines" "$(lines "$T/out")" 3
	each_line_matches "$T/out" " $2 .*$REQUEST"
	eq "sent" "$(total sent)" 3
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

# mechanism_used NAME: --debug said that the last capture took it.
mechanism_used()
{
	match "$T/err" "^xcap: debug: .*$1"
}

test_kprobe__icmp_rcv_at_1()
{
	need_kprobe
	function_probe kprobe:icmp_rcv@1 icmp_rcv
}

test_kprobe__ip_rcv_without_an_argument_number()
{
	need_kprobe
	function_probe kprobe:ip_rcv ip_rcv
}

# Specs of functions whose names others of the kernel have, too: those that BTF knows to take an skb, then some of
# which that is taken on trust, as BTF leaves out what has several prototypes.
ambiguous_specs()
{
	awk '$2 ~ /^[tT]$/ && !$4 && $3 ~ /^[a-zA-Z0-9_]+$/ && $3 !~ /^__pfx_/ { n[$3]++ } END { for (k in n) if (n[k] > 1) print k }' \
		/proc/kallsyms | sort >"$T/several"
	"$XCAP" list | grep -v : | sed 's/ .*//' | sort |
		awk -F@ 'NR == FNR { several[$1]; next } $1 in several' "$T/several" -
	sed -nE 's/.*_(show|open|release)$/&@1/p' "$T/several"
}

# From 6.6 on the kernel does not choose (EADDRNOTAVAIL): then it is told the address of the first.
test_kprobe__of_a_name_that_several_functions_have__is_at_the_first_of_them()
{
	local spec found="" name address n=0

	need_kprobe
	ambiguous_specs >"$T/specs"
	while read -r spec && [ -z "$found" ] && [ $((n += 1)) -le 6 ]; do
		! "$XCAP" skb -f "kprobe:$spec" -e icmp --cmd true >/dev/null 2>&1 </dev/null || found=$spec
	done <"$T/specs"
	[ -n "$found" ] || fail "none of $(lines "$T/specs") functions with a name of several can be probed"
	name=${found%@*}
	address=$(awk -v name="$name" '$3 == name && $2 ~ /^[tT]$/ && !$4 { print $1; exit }' /proc/kallsyms)
	mkdir "$T/debug"
	mount -t debugfs nodev "$T/debug"
	start skb -f "kprobe:$found" -e 'icmp[0] == 8'
	grep " $name+0x" "$T/debug/kprobes/list" >"$T/list" || true
	stop
	umount "$T/debug"
	# at the entry, or behind the endbr64 that stands there
	match "$T/list" "^($address|$(printf %x $((0x$address + 4)))) +k "
	eq "kprobes" "$(lines "$T/list")" 1
}

test_fentry__icmp_rcv_at_1()
{
	need_mechanism fentry icmp_rcv
	function_probe fentry:icmp_rcv@1 icmp_rcv
}

test_fentry__ip_rcv_without_an_argument_number()
{
	need_mechanism fentry ip_rcv
	function_probe fentry:ip_rcv ip_rcv
}

test_function__icmp_rcv_at_1_by_the_cheapest_mechanism()
{
	need_kprobe
	function_probe icmp_rcv@1 icmp_rcv
}

test_function__and_tracepoint_in_one_run()
{
	need_kprobe
	net_up
	capture skb -f icmp_rcv,ip_rcv@1,tp:net:netif_receive_skb -e "icmp[0] == 8 and dst host $IP_B" -- ping4 2
	eq "lines" "$(lines "$T/out")" 6
	eq "at icmp_rcv" "$(count "$T/out" ' icmp_rcv ')" 2
	eq "at ip_rcv" "$(count "$T/out" ' ip_rcv ')" 2
	eq "at netif_receive_skb" "$(count "$T/out" ' netif_receive_skb ')" 2
}

test_function__with_the_skb_as_a_later_argument()
{
	need_kprobe
	need socat
	net_up
	# int tcp_v4_do_rcv(struct sock *sk, struct sk_buff *skb)
	capture skb -f tcp_v4_do_rcv@2 -e 'tcp port 8000' -- tcp_stream 8000 1000
	at_least "lines" "$(lines "$T/out")" 1
	each_line_matches "$T/out" ' tcp_v4_do_rcv .*IP 10\.99\.0\..*8000'
}

refused_twice()
{
	syn 9000
	syn 9001
}

# Before 6.6 fentry takes no function of seven arguments, and says so when it is attached. What the next rung
# needs is not there then: it comes from a second opening of the object, with the filter in it.
test_function__that_fentry_does_not_take_goes_by_the_next_rung()
{
	need_feature fentry "fentry programs in this kernel"
	need_kprobe
	net_up
	capture skb -f ip_rcv,ip_send_unicast_reply -e 'tcp dst port 9000' --debug -- refused_twice
	! grep -q 'ip_send_unicast_reply@2: attached by fentry' "$T/err" || skip "a function that fentry does not take"
	match "$T/err" 'ip_send_unicast_reply@2: fentry failed: '
	eq "openings" "$(count "$T/err" 'debug: a ladder falls to kprobe: .*: done$')" 1
	match "$T/err" 'ip_send_unicast_reply@2: attached by kprobe '
	match "$T/err" 'ip_rcv@1: attached by fentry '
	no_match "$T/err" 'left out'
	eq "at ip_rcv" "$(count "$T/out" ' ip_rcv .* > 10\.99\.0\.2\.9000: ')" 1
	eq "at the other" "$(count "$T/out" ' ip_send_unicast_reply .* > 10\.99\.0\.2\.9000: ')" 1
	eq "lines" "$(lines "$T/out")" 2
	match "$T/err" '^(function:)?ip_send_unicast_reply(@2)? +2 +1 +1 +0( |$)'
}

test_function__written_with_its_length_on_the_wire()
{
	need_kprobe
	net_up
	# at icmp_rcv the skb begins behind the IP header: length and bytes are those of the frame
	capture skb -f icmp_rcv -w "$T/x.pcap" -e "icmp[0] == 8 and dst host $IP_B" -- ping4 2
	frames "$T/x.pcap" >"$T/x.txt"
	eq "frames of 98 bytes" "$(count "$T/x.txt" "$MAC_A > $MAC_B, ethertype IPv4 .*, length 98: ")" 2
}

test_module_function__is_probed_by_its_name()
{
	need_kprobe
	net_up
	modprobe bridge 2>/dev/null || skip "the module bridge"
	grep -q ' br_handle_frame.*\[bridge\]' /proc/kallsyms || skip "br_handle_frame in the module bridge"
	in_b ip link add "xcap-br" type bridge
	in_b ip link set "$DEV_B" master "xcap-br"
	in_b ip link set "xcap-br" address "$MAC_B" up
	in_b ip addr flush dev "$DEV_B"
	in_b ip addr add "$IP_B/24" dev "xcap-br"
	# static in its file; br_handle_frame_finish(net, sk, skb) is global and so in BTF on all kernels
	capture skb -f br_handle_frame_finish@3 -e "icmp[0] == 8 and dst host $IP_B" -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	each_line_matches "$T/out" " br_handle_frame_finish .*$REQUEST"
}

# Through a device of the module, so that its function runs; as many packets come back out of it.
module_dummy_up()
{
	modprobe dummy numdummies=0 2>/dev/null || skip "the module dummy"
	grep -q ' dummy_xmit.*\[dummy\]' /proc/kallsyms || skip "dummy_xmit in the module dummy"
	in_a ip link add "xcap-dummy" type dummy
	in_a ip link set "xcap-dummy" up
	in_a ip addr add 10.98.0.1/24 dev "xcap-dummy"
	in_a ip neigh add 10.98.0.2 lladdr 02:00:00:00:00:0c dev "xcap-dummy"
}

# The capture goes on at what is left, or it holds the module so that rmmod says that it is in use.
test_module_function__gone_with_its_module_leaves_the_other_probes()
{
	need_kprobe
	net_up
	module_dummy_up
	start skb -f kprobe:dummy_xmit@1,tp:net:netif_receive_skb -e 'icmp[0] == 8'
	in_a ping -q -n -c 1 -W 1 10.98.0.2 >/dev/null 2>&1 || true
	in_a ip link del "xcap-dummy"
	rmmod dummy 2>"$T/rmmod" || match "$T/rmmod" 'in use'
	ping4 2
	stop
	eq "at dummy_xmit" "$(count "$T/out" ' dummy_xmit .*10\.98\.0\.2: ICMP echo request')" 1
	eq "at netif_receive_skb" "$(count "$T/out" " netif_receive_skb .*$REQUEST")" 2
	eq "lines" "$(lines "$T/out")" 3
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

test_module_function__of_a_module_that_is_not_loaded_says_to_load_it()
{
	need_kprobe
	modprobe dummy numdummies=0 2>/dev/null || skip "the module dummy"
	rmmod dummy
	try 2 skb -f dummy:dummy_xmit
	error_says "'dummy:dummy_xmit'"
	hint_says "the module 'dummy' is not loaded: 'modprobe dummy' first"
	try 2 skb -f 'dummy:*'
	hint_says "the module 'dummy' is not loaded: 'modprobe dummy' first"
}

# Behind the call of the tracer that the function begins with, and where the kernel has it the landing pad of
# indirect calls, the first argument is where it was; within these there is no instruction to stand on.
test_kprobe__at_an_offset_finds_the_skb_in_the_register()
{
	local at

	need_kprobe
	net_up
	for at in 0x5 0x9 none; do
		[ "$at" != none ] || fail "no instruction at ip_rcv+5 nor +9"
		spawn skb -f "ip_rcv+$at@%rdi" -e "icmp[0] == 8 and dst host $IP_B"
		! await_ready || break
		reap "$XCAP_PID" 10
		eq "exit status" "$RC" 3
		error_says "cannot put a kprobe on 'ip_rcv'.*no instruction begins there"
	done
	ping4 2
	stop
	eq "lines" "$(lines "$T/out")" 2
	each_line_matches "$T/out" " ip_rcv\+?.* $REQUEST"
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

# int tcp_v4_do_rcv(struct sock *sk, struct sk_buff *skb): the socket of the server is one, seen by all.
test_function__with_a_second_argument_has_its_value_by_each_mechanism()
{
	local by specs=()

	need_kprobe
	need socat
	net_up
	for by in kprobe fentry kprobe-multi; do
		! "$XCAP" skb -f "$by:tcp_v4_do_rcv@2@1" --dry-run >"$T/need" 2>&1 || specs+=("$by")
	done
	for by in "${specs[@]}"; do
		capture skb -f "$by:tcp_v4_do_rcv@2@1" -e 'tcp[tcpflags] & (tcp-push|tcp-fin) != 0 and dst port 8000' \
			-- tcp_stream 8000 100
		at_least "packets by $by" "$(count "$T/out" ' tcp_v4_do_rcv ')" 1
		each_line_matches "$T/out" ' tcp_v4_do_rcv .* ext=0xffff[0-9a-f]{12}$'
		eq "sockets" "$(grep -o ' ext=[0-9a-fx]*' "$T/out" | sort -u | wc -l)" 1
	done
	at_least "mechanisms" "${#specs[@]}" 1
}

test_tp_btf__is_what_a_tracepoint_takes()
{
	net_up
	capture skb --debug -f tracepoint:net:netif_receive_skb -i "$DEV_B" -e icmp -- ping4 3
	eq "lines" "$(lines "$T/out")" 3
	mechanism_used tp_btf
}

test_raw_tp__sees_what_tp_btf_sees()
{
	net_up
	capture skb --debug -f raw_tp:net:netif_receive_skb -i "$DEV_B" -e icmp -- ping4 3
	eq "lines" "$(lines "$T/out")" 3
	each_line_matches "$T/out" " netif_receive_skb .*$REQUEST"
	mechanism_used raw_tp
}

test_raw_tp__writes_the_same_bytes_as_tp_btf()
{
	net_up
	start skb -f tp_btf:net:netif_receive_skb -i "$DEV_B" -w "$T/tp.pcap" -e 'udp port 9'
	same_traffic
	stop
	start skb -f raw_tp:net:netif_receive_skb -i "$DEV_B" -w "$T/raw.pcap" -e 'udp port 9'
	same_traffic
	stop
	same_packets "$T/raw.pcap" "$T/tp.pcap"
	eq "packets" "$(packets "$T/tp.pcap")" 5
}

same_traffic()
{
	raw plain 2
	raw size 150
	raw size 600
	raw size 1500
}

# Also where the skb may be NULL (tcp_send_reset), and no later rung had to be taken for it.
test_tracepoints__every_one_that_carries_an_skb_is_attached_by_its_first_mechanism()
{
	local specs=() list

	mapfile -t specs < <("$XCAP" list 'tracepoint:*')
	at_least "tracepoints" "${#specs[@]}" 10
	list=$(IFS=,; printf %s "${specs[*]}")
	try 0 skb --debug -f "$list" --cmd true -e 'tcp port 9 and tcp[300] = 1'
	eq "attached" "$(count "$T/err" '^xcap: debug: .*: attached by')" "${#specs[@]}"
	no_match "$T/err" '^xcap: debug: .* failed:|left out'
}

# The socket's skb has no device any more, and its route leads to lo: the index tells where it came in.
test_packet_of_a_socket__is_on_the_interface_that_it_came_by()
{
	need socat
	net_up
	capture skb -f skb:skb_copy_datagram_iovec -i "$DEV_B" -e 'tcp dst port 8000' -- tcp_stream 8000 1000
	at_least "lines" "$(lines "$T/out")" 1
	each_line_matches "$T/out" " $DEV_B@$NS_B +IP 10\.99\.0\.1\.[0-9]+ > 10\.99\.0\.2\.8000: "
}

# After the driver of a veth the skb is the peer's; the argument tells who sent it.
test_net_dev_xmit__is_on_the_interface_that_sent()
{
	net_up
	capture skb -f tp:net:net_dev_xmit,raw_tp:net:net_dev_queue -i "$DEV_A" -e 'icmp[0] == 8' -- ping4 3
	eq "lines at net_dev_xmit" "$(count "$T/out" " net_dev_xmit +$DEV_A@$NS_A +$REQUEST")" 3
	eq "lines" "$(lines "$T/out")" 6
	match "$T/err" 'net_dev_xmit: the packet is given away before this place'
	capture skb -f raw_tp:net:net_dev_xmit -i "$DEV_A" -e 'icmp[0] == 8' -- ping4 2
	eq "lines by raw_tp" "$(lines "$T/out")" 2
}

# The copies for packet sockets have no socket, and no arrival interface on the way out.
test_copy_for_a_packet_socket__has_the_direction_that_the_filter_finds()
{
	net_up
	background ip netns exec "$NS_A" tcpdump -Z root -i "$DEV_A" --immediate-mode -w /dev/null 2>"$T/tcpdump.err"
	until_true 10 grep -q 'listening on' "$T/tcpdump.err" || fail "tcpdump is not listening"
	capture skb -v -f skb:consume_skb -i "$DEV_A" -e 'icmp and outbound' -- ping4 2
	eq "lines of packets" "$(count "$T/out" "$REQUEST|ICMP echo request")" 2
	eq "packets going out" "$(count "$T/out" '^    #.* dir=out ')" 2
	capture skb -v -f skb:consume_skb -i "$DEV_A" -e 'icmp and inbound' -- ping4 2
	at_least "packets coming in" "$(count "$T/out" '^    #.* dir=in ')" 2
	eq "others" "$(grep '^    #' "$T/out" | grep -cv ' dir=in ' || true)" 0
}

test_tracepoint__with_an_argument_number()
{
	net_up
	capture skb -f tp:net:netif_receive_skb@1 -i "$DEV_B" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 1
}

test_two_captures__at_once_do_not_disturb_each_other()
{
	local first

	net_up
	start skb -f tp:net:netif_receive_skb -i "$DEV_B" -w "$T/first.pcap" -e icmp
	first=$XCAP_PID
	STDOUT=$T/second start skb -f tp:net:netif_receive_skb -i "$DEV_B" -e 'icmp or udp port 9'
	ping4 2
	udp 1 9
	stop
	eq "lines of the second" "$(lines "$T/second")" 3
	XCAP_PID=$first
	stop
	eq "packets of the first" "$(packets "$T/first.pcap")" 2
}
