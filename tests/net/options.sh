# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options.sh - every option of xcap skb: its effect is seen, and what it must not do is not.

# Incoming packets of the receiver's device, and nothing else of this machine.
HERE=(-f tracepoint:net:netif_receive_skb -i "$DEV_B")
REQUEST='IP 10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request'

test_default__one_line_per_packet_with_time_probe_interface_and_packet()
{
	net_up
	capture skb "${HERE[@]}" -e icmp -- ping4 3
	eq "lines" "$(lines "$T/out")" 3
	each_line_matches "$T/out" \
		"^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} netif_receive_skb +$DEV_B(@[^ ]+)? +$REQUEST, id [0-9]+, seq [0-9]+, length 64$"
	match "$T/out" 'seq 1,'
	match "$T/out" 'seq 2,'
	match "$T/out" 'seq 3,'
}

test_no_command__means_skb()
{
	net_up
	capture "${HERE[@]}" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 1
	match "$T/out" "$REQUEST"
}

test_no_probe__captures_receive_and_transmit()
{
	net_up
	capture skb -i "$DEV_B" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 2
	match "$T/out" "netif_receive_skb .*$REQUEST"
	match "$T/out" 'net_dev_start_xmit .*IP 10\.99\.0\.2 > 10\.99\.0\.1: ICMP echo reply'
}

test_f__comma_and_repetition_add_probes()
{
	net_up
	capture skb -f 'tracepoint:net:netif_receive_skb , tp:net:net_dev_start_xmit' -f net:net_dev_queue \
		-i "$DEV_B" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 3
	match "$T/out" ' netif_receive_skb '
	match "$T/out" ' net_dev_start_xmit '
	match "$T/out" ' net_dev_queue '
}

test_f__the_same_probe_twice_reports_each_packet_once()
{
	net_up
	capture skb "${HERE[@]}" -f tp:net:netif_receive_skb -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 1
	match "$T/err" '^xcap: .*netif_receive_skb'
}

test_e__selects_packets()
{
	net_up
	capture skb "${HERE[@]}" -e 'udp port 4711' -- traffic_of_three
	eq "lines" "$(lines "$T/out")" 2
	each_line_matches "$T/out" ' > 10\.99\.0\.2\.4711: '
}

traffic_of_three()
{
	ping4 1
	udp 2 4711
	udp 2 4712
}

test_trailing_words__are_the_filter()
{
	net_up
	capture skb "${HERE[@]}" udp port 4711 -- traffic_of_three
	eq "lines" "$(lines "$T/out")" 2
	each_line_matches "$T/out" ' > 10\.99\.0\.2\.4711: '
}

test_e_and_trailing_words__are_a_usage_error()
{
	try 2 skb "${HERE[@]}" -e icmp udp
	error_says "-e"
}

test_i__takes_a_name_a_glob_and_any()
{
	local pattern

	net_up
	for pattern in "$DEV_B" "x?$ID" "*b$ID"; do
		capture skb -f tp:net:netif_receive_skb -i "$pattern" -e 'icmp[0] == 8' -- ping4 1
		eq "lines with -i $pattern" "$(lines "$T/out")" 1
	done
	capture skb -f tp:net:netif_receive_skb -i any -e 'icmp[0] == 8 and dst host 10.99.0.2' -- ping4 1
	at_least "lines with -i any" "$(count "$T/out" "$DEV_B.*$REQUEST")" 1
}

test_i__shows_nothing_of_other_interfaces()
{
	net_up
	capture skb -f tp:net:netif_receive_skb -i "$DEV_A" -e icmp -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	each_line_matches "$T/out" "$DEV_A.* ICMP echo reply"
}

test_i__a_second_one_adds_an_interface()
{
	net_up
	capture skb -f tp:net:netif_receive_skb -i "$DEV_A" -i "$DEV_B" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 2
	match "$T/out" "$DEV_A.* ICMP echo reply"
	match "$T/out" "$DEV_B.* ICMP echo request"
}

test_i__with_a_namespace_selects_there_only()
{
	net_up
	capture skb -f tp:net:netif_receive_skb -i "x*$ID@$NS_B" -e icmp -- ping4 1
	eq "lines" "$(lines "$T/out")" 1
	match "$T/out" "$DEV_B.*$REQUEST"
}

test_i__namespace_by_process_path_or_number()
{
	local way

	net_up
	background ip netns exec "$NS_B" sleep 60
	for way in "pid:$BG" "/run/netns/$NS_B" "$(stat -L -c %i "/run/netns/$NS_B")"; do
		capture skb -f tp:net:netif_receive_skb -i "$DEV_B@$way" -e icmp -- ping4 1
		eq "lines with @$way" "$(lines "$T/out")" 1
		try 2 skb -f tp:net:netif_receive_skb -i "$DEV_A@$way" -c 1
		error_says "'$DEV_A' in the network namespace '$way'"
	done
}

# As in a container: no name below /run/netns leads there.
test_i__in_a_namespace_without_a_name()
{
	# shellcheck disable=SC2016 # the inner shell expands
	background unshare -n bash -c 'ip link add "$1" type veth && exec sleep 60' - "xn$ID"
	until_true 5 nsenter -t "$BG" -n ip link show "xn$ID"
	try 0 skb -f tp:net:netif_receive_skb -i "xn$ID" --duration 100ms
	try 0 skb -f tp:net:netif_receive_skb -i "xn$ID@pid:$BG" --duration 100ms
	try 2 skb -f tp:net:netif_receive_skb -i "xn${ID}x" --duration 100ms
	error_says "'xn${ID}x'"
}

test_c__stops_after_exactly_n_packets()
{
	net_up
	start skb "${HERE[@]}" -c 3 -w "$T/c.pcapng" --print -e icmp
	ping4 8
	finish
	eq "lines" "$(lines "$T/out")" 3
	eq "packets in the file" "$(packets "$T/c.pcapng")" 3
}

test_s__cuts_the_packet_and_keeps_its_length()
{
	net_up
	capture skb "${HERE[@]}" -s 60 -w "$T/s.pcap" -e icmp -- ping4 1 -s 1000
	frames "$T/s.pcap" >"$T/s.txt"
	match "$T/s.txt" 'length 1042: '
	eq "bytes kept" "$(captured_bytes "$T/s.txt")" 60
	capture skb "${HERE[@]}" -s 0 -w "$T/s.pcap" -e icmp -- ping4 1 -s 1000
	frames "$T/s.pcap" >"$T/s.txt"
	eq "bytes kept with -s 0" "$(captured_bytes "$T/s.txt")" 1042
}

# Bytes in tcpdump's -xx output.
captured_bytes()
{
	sed -n 's/^\t0x[0-9a-f]*: *//p' "$1" | tr -d ' \n' | awk '{ print length($0) / 2 }'
}

test_s__out_of_range_is_a_usage_error()
{
	try 2 skb "${HERE[@]}" -s 65536
	error_says "'?65536"
}

# own_ring BYTES: is there a map for our own ring of this size, and the kernel's as a bell beside it?
own_ring()
{
	bpftool map show | grep -A 1 -E ' (ringbuf|array)  name (ring|memory) ' >"$T/maps"
	match "$T/maps" "value $((8192 + $1 + 80 * 1024))B "
	match "$T/maps" "max_entries $(getconf PAGESIZE) "
}

test_B__sets_the_size_of_the_ring()
{
	local size

	need bpftool
	net_up
	for size in 64 1024 2M; do
		start skb "${HERE[@]}" -B "$size" -e icmp
		own_ring $((1024 * ${size/2M/2048}))
		stop
	done
}

test_B__beyond_256_MiB_is_the_kernels_ring()
{
	need bpftool
	net_up
	start skb "${HERE[@]}" -B 512M -e icmp -w "$T/x.pcap"
	bpftool map show | grep -A 1 ' ringbuf  name ring ' >"$T/maps"
	in_a ping -q -c 3 -i 0.2 "$IP_B" >/dev/null
	stop
	match "$T/maps" "max_entries $((512 * 1024 * 1024)) "
	eq "lost" "$(total lost)" 0
	eq "packets" "$(packets "$T/x.pcap")" "$(total sent)"
	at_least "sent" "$(total sent)" 3
}

test_B__that_is_no_size_is_a_usage_error()
{
	try 2 skb "${HERE[@]}" -B 12q
	error_says "'?12q"
}

test_w__writes_pcapng_and_is_silent()
{
	net_up
	capture skb "${HERE[@]}" -w "$T/x.pcapng" -e icmp -- ping4 2
	[ ! -s "$T/out" ] || fail "text although -w was given"
	eq "packets" "$(packets "$T/x.pcapng")" 2
	eq "magic" "$(head -c 4 "$T/x.pcapng" | od -An -tx1 | tr -d ' ')" 0a0d0d0a
}

test_w__overwrites()
{
	net_up
	head -c 100000 /dev/zero >"$T/x.pcapng"
	capture skb "${HERE[@]}" -w "$T/x.pcapng" -e icmp -- ping4 1
	eq "packets" "$(packets "$T/x.pcapng")" 1
}

test_w__ending_pcap_and_format_pcap_mean_classic_nanosecond_pcap()
{
	net_up
	capture skb "${HERE[@]}" -w "$T/x.pcap" -e icmp -- ping4 1
	eq "magic" "$(head -c 4 "$T/x.pcap" | od -An -tx4 | tr -d ' ')" a1b23c4d
	capture skb "${HERE[@]}" -w "$T/y.dump" --format pcap -e icmp -- ping4 1
	eq "magic" "$(head -c 4 "$T/y.dump" | od -An -tx4 | tr -d ' ')" a1b23c4d
	eq "packets" "$(packets "$T/y.dump")" 1
	capture skb "${HERE[@]}" -w "$T/z.pcap" --format pcapng -e icmp -- ping4 1
	eq "magic" "$(head -c 4 "$T/z.pcap" | od -An -tx1 | tr -d ' ')" 0a0d0d0a
}

test_format__unknown_is_a_usage_error_that_lists_them()
{
	try 2 skb "${HERE[@]}" -w "$T/x" --format pcapx
	error_says "'pcapx'"
	match "$T/err" 'pcapng'
	absent "$T/x"
}

test_format__text_writes_the_lines_to_the_file()
{
	net_up
	capture skb "${HERE[@]}" -w "$T/x.txt" --format text -e icmp -- ping4 2
	[ ! -s "$T/out" ] || fail "text on standard output although -w was given"
	eq "lines" "$(lines "$T/x.txt")" 2
	each_line_matches "$T/x.txt" "netif_receive_skb .*$REQUEST"
}

test_print__shows_text_beside_the_file()
{
	net_up
	capture skb "${HERE[@]}" -w "$T/x.pcapng" --print -e icmp -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	eq "packets" "$(packets "$T/x.pcapng")" 2
}

test_w_dash__tcpdump_reads_the_stream()
{
	net_up
	stream_to tcpdump -nr - -- -w -
	eq "packets" "$(count "$T/reader" 'IP 10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request')" 3
	eq "lines" "$(lines "$T/reader")" 3
}

test_w_dash__tshark_reads_the_stream()
{
	need tshark
	net_up
	stream_to tshark -nr - -- -w -
	eq "packets" "$(count "$T/reader" '10\.99\.0\.1 .* 10\.99\.0\.2 +ICMP .*Echo \(ping\) request')" 3
	no_match "$T/reader.err" '[Mm]alformed|[Ee]rror|cut short'
}

test_w_dash__with_format_pcap_tcpdump_reads_the_stream()
{
	net_up
	stream_to tcpdump -nr - -- -w - --format pcap
	eq "lines" "$(lines "$T/reader")" 3
}

# stream_to READER... -- ARGS...: xcap ARGS | READER while three pings go by; what it printed: $T/reader
stream_to()
{
	local reader=() reader_pid

	while [ "$1" != -- ]; do
		reader+=("$1")
		shift
	done
	shift
	mkfifo "$T/pipe"
	background_io "$T/pipe" "$T/reader" "$T/reader.err" "${reader[@]}"
	reader_pid=$BG
	STDOUT=$T/pipe start skb "${HERE[@]}" -e icmp "$@"
	ping4 3
	stop
	reap "$reader_pid" 20
	eq "exit status of ${reader[0]}" "$RC" 0
}

# The offsets are those that mark a template's constants (include/xcap/template.h).
test_e__with_offsets_that_look_like_marks__is_a_filter_as_others()
{
	net_up
	capture skb "${HERE[@]}" -e 'icmp or ether[0x7eadbe01] = 1 or ether[0x7eadbe02] = 1' -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
}

test_U__each_packet_is_in_the_file_at_once()
{
	local i

	net_up
	start skb "${HERE[@]}" -U -w "$T/x.pcap" -e icmp
	# 24 of file header, then 16 of packet header and 98 of packet; a flush by the second would be too late
	# for most of five
	for i in 1 2 3 4 5; do
		ping4 1
		sleep "0.$SLOW"
		file_has "$T/x.pcap" $((24 + i * 114)) || fail "packet $i was not flushed"
	done
	stop
}

file_has()
{
	[ "$(stat -c %s "$1")" -ge "$2" ]
}

test_w__is_flushed_within_two_seconds_without_U()
{
	net_up
	start skb "${HERE[@]}" -w "$T/x.pcap" -e icmp
	ping4 1
	until_true 2 file_has "$T/x.pcap" 138 || fail "the packet was not flushed"
	stop
}

test_l__each_line_comes_at_once()
{
	local i

	net_up
	start skb "${HERE[@]}" -l -e icmp
	# a flush by the second would be too late for most of five
	for i in 1 2 3 4 5; do
		ping4 1
		sleep "0.$SLOW"
		eq "lines after packet $i" "$(lines "$T/out")" "$i"
	done
	stop
}

test_n__prints_numbers_as_without_it()
{
	net_up
	capture skb "${HERE[@]}" -n --time none -e 'udp port 53' -- udp 1 53
	cp "$T/out" "$T/with"
	match "$T/with" '10\.99\.0\.2\.53: '
	capture skb "${HERE[@]}" --time none -e 'udp port 53' -- udp 1 53
	match "$T/out" '10\.99\.0\.2\.53: '
	no_match "$T/out" 'domain|localhost'
}

test_q__says_nothing_but_packets()
{
	net_up
	capture skb "${HERE[@]}" -e icmp -- ping4 1
	match "$T/err" 'listening'
	capture skb "${HERE[@]}" -q -e icmp -- ping4 1
	no_match "$T/err" 'listening'
	eq "lines" "$(count "$T/out" 'ICMP echo request')" 1
}

test_v__adds_an_indented_line_of_key_value_pairs()
{
	net_up
	capture skb "${HERE[@]}" -v -e icmp -- ping4 2
	eq "packets" "$(count "$T/out" 'ICMP echo request')" 2
	eq "lines of metadata" "$(count "$T/out" '^ +#[0-9]+ .*cpu=[0-9]+ ')" 2
	match "$T/out" '^ +#1 .* len=98( |$)'
	match "$T/out" '^ +#2 .* skb=[0-9a-fx]+'
	match "$T/out" ' netns='
}

test_time__none_starts_with_the_probe()
{
	net_up
	capture skb "${HERE[@]}" --time none -e icmp -- ping4 1
	each_line_matches "$T/out" '^netif_receive_skb '
}

test_time__epoch_is_now()
{
	local stamp before after

	net_up
	before=$(date +%s)
	capture skb "${HERE[@]}" --time epoch -e icmp -- ping4 1
	after=$(date +%s)
	each_line_matches "$T/out" '^[0-9]{10,}\.[0-9]{6} netif_receive_skb '
	stamp=$(cut -d. -f1 "$T/out")
	at_least "the stamp" "$stamp" "$before"
	at_least "the time afterwards" "$after" "$stamp"
}

test_time__date_is_today()
{
	net_up
	capture skb "${HERE[@]}" --time date -e icmp -- ping4 1
	each_line_matches "$T/out" "^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} netif_receive_skb "
	match "$T/out" "^$(date +%Y-%m-)"
}

# seconds_of LINE: the first number of that line of $T/out, + and colons taken away.
seconds_of()
{
	sed -n "$1p" "$T/out" | awk '{ sub(/^\+/, "", $1); n = split($1, part, ":"); s = 0
		for (i = 1; i <= n; i++) s = s * 60 + part[i]; printf "%.6f\n", s }'
}

# between WHAT NUMBER LOW HIGH
between()
{
	awk -v n="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(n >= low && n <= high) }' ||
		fail "$1: $2 is not between $3 and $4"
}

test_time__delta_counts_from_the_previous_packet()
{
	net_up
	capture skb "${HERE[@]}" --time delta -e icmp -- ping4 3 -i 0.2
	eq "lines" "$(lines "$T/out")" 3
	between "the first" "$(seconds_of 1)" 0 0.000001
	between "the second" "$(seconds_of 2)" 0.1 "0.$((3 * SLOW))"
	between "the third" "$(seconds_of 3)" 0.1 "0.$((3 * SLOW))"
}

test_time__since_counts_from_the_first_packet()
{
	net_up
	capture skb "${HERE[@]}" --time since -e icmp -- ping4 3 -i 0.2
	eq "lines" "$(lines "$T/out")" 3
	between "the first" "$(seconds_of 1)" 0 0.000001
	between "the third" "$(seconds_of 3)" 0.35 $((2 * SLOW))
}

test_time__unknown_is_a_usage_error()
{
	try 2 skb "${HERE[@]}" --time noon
	error_says "'noon'"
}

test_nano__prints_nine_digits()
{
	net_up
	capture skb "${HERE[@]}" --nano -e icmp -- ping4 1
	each_line_matches "$T/out" '^[0-9:]{8}\.[0-9]{9} netif_receive_skb '
}

test_ether__prints_mac_addresses()
{
	net_up
	capture skb "${HERE[@]}" --ether -e icmp -- ping4 1
	each_line_matches "$T/out" "$MAC_A > $MAC_B.*10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request"
	capture skb "${HERE[@]}" -e icmp -- ping4 1
	no_match "$T/out" "$MAC_A"
}

test_duration__ends_the_capture_by_itself()
{
	local from

	net_up
	from=$(date +%s%N)
	start skb "${HERE[@]}" --duration 1s -e icmp
	ping4 1
	finish
	at_least "milliseconds" $((($(date +%s%N) - from) / 1000000)) 1000
	eq "lines" "$(lines "$T/out")" 1
}

test_duration__that_is_no_time_is_a_usage_error()
{
	try 2 skb "${HERE[@]}" --duration soon
	error_says "'soon'"
}

test_cmd__runs_when_listening_and_ends_the_capture()
{
	net_up
	try 0 skb "${HERE[@]}" -e icmp --cmd "ip netns exec $NS_A ping -q -c 2 -i 0.1 $IP_B"
	eq "packets" "$(count "$T/out" 'ICMP echo request')" 2
	eq "lines on stdout" "$(lines "$T/out")" 2
}

test_cmd__has_two_seconds_to_end_when_the_capture_ends_first()
{
	local from

	net_up
	# shellcheck disable=SC2016 # xcap's shell expands
	start skb "${HERE[@]}" --cmd 'trap "sleep 1; echo >\"$T/ended\"; exit" TERM; while :; do sleep 0.1; done'
	sleep "0.$SLOW"
	stop INT
	[ -e "$T/ended" ] || fail "the command was killed before two seconds were over"
	start skb "${HERE[@]}" --cmd 'trap "" TERM; exec sleep 60'
	sleep "0.$SLOW"
	from=$(date +%s%N)
	stop INT
	at_least "milliseconds" $((($(date +%s%N) - from) / 1000000)) 1900
}

test_cmd__that_cannot_run_is_an_error()
{
	net_up
	RC=0
	timeout 20 "$XCAP" skb "${HERE[@]}" --cmd /nonexistent/command >"$T/out" 2>"$T/err" || RC=$?
	[ "$RC" != 0 ] || fail "xcap says nothing of a command that does not exist"
	match "$T/err" '/nonexistent/command'
}

test_ready_file__is_written_after_everything_is_attached()
{
	local i

	net_up
	# whatever is sent after the file appeared is seen
	for i in 1 2 3; do
		start skb "${HERE[@]}" -e 'icmp[0] == 8'
		ping4 1
		stop
		eq "packets of run $i" "$(lines "$T/out")" 1
	done
}

test_ready_file__that_cannot_be_written_is_an_error()
{
	net_up
	RC=0
	timeout 20 "$XCAP" skb "${HERE[@]}" --ready-file "$T/no/such/ready" >"$T/out" 2>"$T/err" || RC=$?
	eq "exit status" "$RC" 1
	error_says "$T/no/such/ready"
}

test_dry_run__prints_the_plan_and_attaches_nothing()
{
	net_up
	try 0 skb "${HERE[@]}" -e icmp --dry-run -w "$T/x.pcapng"
	match "$T/out" 'netif_receive_skb'
	match "$T/out" 'tp_btf'
	absent "$T/x.pcapng"
}

test_dry_run__reports_wrong_input_as_the_real_run_does()
{
	try 2 skb -f netif_rx_no_such --dry-run
	error_says "'netif_rx_no_such'"
}

test_debug__tells_the_mechanism_and_why()
{
	net_up
	capture skb "${HERE[@]}" --debug -e icmp -- ping4 1
	match "$T/err" '^xcap: debug: .*netif_receive_skb.*(tp_btf|raw_tp)'
	capture skb "${HERE[@]}" -e icmp -- ping4 1
	no_match "$T/err" '^xcap: debug:'
}

test_help__goes_to_stdout_and_ends_with_0()
{
	try 0 --help
	match "$T/out" 'skb'
	match "$T/out" 'list'
	match "$T/out" 'check'
	[ ! -s "$T/err" ] || fail "--help writes to stderr"
	try 0 skb --help
	match "$T/out" '--ready-file'
	match "$T/out" '-w, --write|--write|-w '
	try 0 help
	match "$T/out" 'skb'
}

test_version__is_that_of_the_changelog()
{
	local version

	version=$(sed -n 's/^## \([0-9][0-9.]*\).*/\1/p' "$ROOT/CHANGELOG.md" | head -n 1)
	try 0 --version
	match "$T/out" "^xcap $version"
	try 0 version
	match "$T/out" "^xcap $version"
}

# Names of hosts and ports in filters included, which libc resolves.
test_libraries__are_in_the_program_but_libc_or_shared_if_asked_for()
{
	local shared=$ROOT/build/xcap-shared libraries='lib(bpf|elf|z|pcap|json-c|dbus-1)\.so'

	need gcc ldd
	ldd "$XCAP" >"$T/libraries"
	match "$T/libraries" 'libc\.so'
	no_match "$T/libraries" "$libraries"
	make -s -C "$ROOT" SHARED=1 >"$T/make" 2>&1 || { cat "$T/make" >&2; fail "make SHARED=1"; }
	ldd "$shared" >"$T/libraries"
	match "$T/libraries" "$libraries"
	try 0 -f skb:kfree_skb -e 'host localhost and tcp port http' --dry-run
	match "$T/out" '^probe +tracepoint:skb:kfree_skb'
	mv "$T/out" "$T/static"
	XCAP=$shared try 0 -f skb:kfree_skb -e 'host localhost and tcp port http' --dry-run
	cmp "$T/static" "$T/out"
}

test_unknown_option__is_a_usage_error_with_a_near_name()
{
	try 2 skb --durration 3
	error_says "'--durration'|'durration'"
	match "$T/err" "--duration"
}

test_unknown_command_like_word__is_not_taken_as_silence()
{
	try 2 skbb --dry-run
	match "$T/err" "^xcap: error: "
	try 2 lst
	hint_says "'xcap list'"
}

test_signals__int_term_and_hup_stop_cleanly()
{
	local signal

	net_up
	for signal in INT TERM HUP; do
		start skb "${HERE[@]}" -w "$T/$signal.pcapng" -e icmp
		ping4 2
		stop "$signal"
		eq "packets after $signal" "$(packets "$T/$signal.pcapng")" 2
		at_least "sent, in the totals after $signal" "$(total sent)" 2
	done
}

test_stop__every_packet_before_it_is_in_the_output()
{
	local signal

	net_up
	for signal in INT TERM HUP; do
		start skb "${HERE[@]}" -w "$T/x.pcap" --print -e 'udp port 9'
		in_a "$BLAST" "$IP_B" 9 5000 20 >"$T/blast"
		stop "$signal"
		eq "sent before $signal" "$(total sent)" 5000
		eq "packets" "$(packets "$T/x.pcap")" 5000
		eq "lines" "$(lines "$T/out")" 5000
	done
	try 0 skb "${HERE[@]}" -w "$T/x.pcap" --print -e 'udp port 9' \
		--cmd "ip netns exec $NS_A $BLAST $IP_B 9 5000 20 >/dev/null"
	eq "packets of --cmd" "$(packets "$T/x.pcap")" 5000
	eq "lines of --cmd" "$(lines "$T/out")" 5000
}

test_totals__come_per_probe_where_there_are_several()
{
	net_up
	capture skb -f net:netif_receive_skb,net:net_dev_start_xmit -i "$DEV_B" -e icmp -- ping4 2
	eq "lines" "$(lines "$T/out")" 4
	match "$T/err" 'netif_receive_skb'
	match "$T/err" 'net_dev_start_xmit'
	eq "sent" "$(total sent)" 4
}

test_stdout__carries_data_only()
{
	net_up
	capture skb "${HERE[@]}" --debug -w - --format pcap -e icmp -- ping4 1
	eq "size of the stream" "$(stat -c %s "$T/out")" $((24 + 16 + 98))
}
