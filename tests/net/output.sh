# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# output.sh - what other programs see in the files, and the lines of each protocol.

HERE=(-f tracepoint:net:netif_receive_skb -i "$DEV_B")

test_pcapng__capinfos_and_tshark_read_it_without_a_complaint()
{
	need capinfos tshark
	net_up
	capture skb "${HERE[@]}" -w "$T/x.pcapng" -e icmp -- ping4 3
	capinfos "$T/x.pcapng" >"$T/capinfos" 2>&1
	match "$T/capinfos" '^Number of packets: +3$'
	match "$T/capinfos" 'nanoseconds'
	no_match "$T/capinfos" 'cut short|[Ee]rror'
	tshark -nr "$T/x.pcapng" >"$T/tshark" 2>"$T/tshark.err"
	eq "packets in tshark" "$(lines "$T/tshark")" 3
	no_match "$T/tshark.err" 'cut short|[Ee]rror|[Mm]alformed'
}

test_pcapng__one_interface_per_probe_and_device()
{
	need tshark
	net_up
	capture skb -f net:netif_receive_skb,net:net_dev_start_xmit -i "$DEV_A" -i "$DEV_B" -w "$T/x.pcapng" \
		-e icmp -- ping4 2
	tshark -nr "$T/x.pcapng" -T fields -e frame.interface_name >"$T/names" 2>"$T/tshark.err"
	eq "packets" "$(lines "$T/names")" 8
	sort -u "$T/names" >"$T/unique"
	eq "interfaces" "$(lines "$T/unique")" 4
	match "$T/unique" "^netif_receive_skb/$DEV_A"
	match "$T/unique" "^netif_receive_skb/$DEV_B"
	match "$T/unique" "^net_dev_start_xmit/$DEV_A"
	match "$T/unique" "^net_dev_start_xmit/$DEV_B"
}

test_pcapng__direction_and_comment()
{
	need tshark
	net_up
	capture skb -f net:netif_receive_skb,net:net_dev_start_xmit -i "$DEV_B" -w "$T/x.pcapng" -e icmp -- ping4 1
	tshark -nr "$T/x.pcapng" -T fields -e frame.packet_flags_direction -e frame.comment \
		>"$T/fields" 2>"$T/tshark.err"
	eq "packets" "$(lines "$T/fields")" 2
	# 1 inbound, 2 outbound (pcapng, section 4.3.1)
	match "$T/fields" '^(0x0*)?1	.*probe=tracepoint:net:netif_receive_skb.* cpu=[0-9]+'
	match "$T/fields" '^(0x0*)?2	.*probe=tracepoint:net:net_dev_start_xmit.* cpu=[0-9]+'
}

test_pcapng__the_probe_in_the_comment_is_accepted_by_f()
{
	local probe

	need tshark
	net_up
	capture skb "${HERE[@]}" -w "$T/x.pcapng" -e icmp -- ping4 1
	probe=$(tshark -nr "$T/x.pcapng" -T fields -e frame.comment 2>/dev/null |
		sed -n 's/.*probe=\([^ ]*\).*/\1/p')
	[ -n "$probe" ] || fail "no probe in the comment"
	capture skb -f "$probe" -i "$DEV_B" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 1
}

# What the text says is what tcpdump says of the same packets.
test_text__has_the_words_of_tcpdump()
{
	net_up
	capture skb "${HERE[@]}" -s 65535 --time none -w "$T/x.pcap" --print \
		-e 'icmp or icmp6[0] == 128 or udp port 9 or arp[6:2] == 1' -- several_protocols
	tcpdump -t -nn -r "$T/x.pcap" 2>/dev/null >"$T/tcpdump.txt"
	# probe and interface are columns without blanks
	sed 's/^[^ ]* *[^ ]* *//' "$T/out" >"$T/xcap.txt"
	diff "$T/xcap.txt" "$T/tcpdump.txt" >&2 || fail "the lines differ (< xcap, > tcpdump)"
	at_least "lines" "$(lines "$T/out")" 8
}

several_protocols()
{
	ping4 2
	ping6 2
	udp 2 9 hello
	raw arp 1
	raw plain 1
}

test_text__of_a_tcp_connection_shows_flags_and_lengths()
{
	need socat
	net_up
	capture skb "${HERE[@]}" -e 'tcp port 8000' -- tcp_stream 8000 100
	match "$T/out" 'IP 10\.99\.0\.1\.[0-9]+ > 10\.99\.0\.2\.8000: Flags \[S\], seq [0-9]+, win [0-9]+'
	match "$T/out" '> 10\.99\.0\.2\.8000: Flags \[P\.\], .*length 100'
	match "$T/out" '> 10\.99\.0\.2\.8000: Flags \[F\.\]'
}

test_text__of_a_vlan_packet_shows_the_tag()
{
	net_up
	capture skb "${HERE[@]}" -e 'vlan 5' -- raw vlan 1
	eq "lines" "$(lines "$T/out")" 1
	match "$T/out" 'vlan 5\b.*10\.99\.0\.1\.1000 > 10\.99\.0\.2\.9: UDP, length 30'
}

test_text__names_the_namespace_of_the_device()
{
	net_up
	capture skb "${HERE[@]}" -e icmp -- ping4 1
	match "$T/out" " $DEV_B@$NS_B "
}

test_list__finds_functions_and_tracepoints_and_says_where_the_skb_is()
{
	try 0 list 'ip_rcv'
	match "$T/out" '^ip_rcv@1( |$)'
	no_match "$T/out" 'tcp_v4_rcv'
	try 0 list 'net:netif_receive*'
	match "$T/out" 'net:netif_receive_skb'
	try 0 list 'tp:net:netif_rx*'
	each_line_matches "$T/out" '^tracepoint:net:netif_rx'
	try 0 list
	at_least "things that can be probed" "$(lines "$T/out")" 500
}

test_list__that_finds_nothing_is_an_error()
{
	try 1 list 'no_such_function_*'
	error_says "'no_such_function_\*'"
}

# The remedy is that of the user who asks: to root nobody says "run as root" for what the kernel lacks.
test_check__as_an_ordinary_user_tells_to_become_root()
{
	cp "$XCAP" "$T/xcap"
	chmod 755 "$T" "$T/xcap"
	try 0 check
	no_match "$T/out" '^no +(fentry|kprobe|bpf_).*run as root'
	# shellcheck disable=SC2034 # try() uses it
	XCAP=$T/xcap UNDER=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
	try 3 check
	match "$T/out" '^no +BPF programs .*EPERM.*; run as root, or with CAP_BPF and CAP_PERFMON$'
	grep '^no .* programs: EPERM' "$T/out" >"$T/refused"
	each_line_matches "$T/refused" '; run as root, or with CAP_BPF and CAP_PERFMON$'
	match "$T/out" '^xcap cannot capture here$'
}

test_check__has_a_line_per_feature_and_a_remedy_where_one_is_missing()
{
	try 0 check
	match "$T/out" '[Bb][Tt][Ff]'
	match "$T/out" 'tp_btf'
	match "$T/out" 'fentry'
	match "$T/out" 'kprobe'
	if [ ! -e /sys/bus/event_source/devices/kprobe/type ]; then
		match "$T/out" 'kprobe .*no'
	fi
}

# ip(8) talks to the kernel by netlink, whose messages are skbs that are freed like packets.
test_no_packet__is_a_frame_that_no_reader_complains_of()
{
	need tshark
	net_up
	capture skb -f skb:consume_skb,skb:kfree_skb -w "$T/x.pcapng" -- in_a ip link show
	tshark -r "$T/x.pcapng" -Y 'frame.comment contains "packet=none"' -V >"$T/x" 2>"$T/tshark.err"
	match "$T/x" 'Type: .*0x88b5'
	no_match "$T/x" 'Malformed'
	tcpdump -enr "$T/x.pcapng" >"$T/tcpdump" 2>"$T/tcpdump.err"
	match "$T/tcpdump" '0x88b5'
	no_match "$T/tcpdump" 'Invalid|\[\|ether\]'
	capture skb -f skb:consume_skb -- in_a ip link show
	match "$T/out" ' no packet \('
}

# The kernel's types take more than five megabytes when they are read; nothing needs them any more then.
test_memory__of_a_running_capture_does_not_hold_the_types()
{
	local kib

	# shellcheck disable=SC2016 # the shell of --cmd is xcap's child
	"$XCAP" skb -f tracepoint:net:netif_receive_skb -i lo -q \
		--cmd 'cat /proc/$PPID/status >'"$T/status" >"$T/out" 2>"$T/err" || fail "xcap ended with $?"
	grep -q '^Name:[[:space:]]*xcap$' "$T/status" || fail "this is not xcap's status"
	kib=$(awk '$1 == "RssAnon:" { print $2 }' "$T/status")
	[ "${kib:-0}" -gt 0 ] || fail "no RssAnon"
	[ "$kib" -lt 4096 ] || fail "$kib KiB of memory of its own"
}
