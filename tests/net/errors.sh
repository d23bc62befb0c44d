# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# errors.sh - wrong input and hostile surroundings: one clear line, the right exit status (1 failed, 2
# usage, 3 this kernel or user cannot), nothing on stdout and nothing left behind (tests/run looks).

HERE=(-f tracepoint:net:netif_receive_skb -i "$DEV_B")

test_unknown_function__is_named_with_near_names()
{
	try 2 skb -f ip_rcvv
	error_says "'ip_rcvv'"
	hint_says "'?ip_rcv'?"
}

test_unknown_function__is_not_answered_with_a_tracepoint_without_an_skb()
{
	try 2 skb -f sched_switch
	error_says "'sched_switch'"
	no_match "$T/err" 'tracepoint:sched:sched_switch'
	try 2 skb -f net_dev_start_xmit
	hint_says "'tracepoint:net:net_dev_start_xmit'"
	try 2 skb -f tp:net:ip_rcv
	hint_says "'ip_rcv'"
}

test_function_without_an_skb__says_so()
{
	# unsigned int full_name_hash(const void *salt, const char *name, unsigned int len)
	try 2 skb -f full_name_hash
	error_says "'full_name_hash'.*skb|skb.*'full_name_hash'"
}

test_wrong_argument_number__lists_the_arguments()
{
	# int tcp_v4_do_rcv(struct sock *sk, struct sk_buff *skb)
	try 2 skb -f tcp_v4_do_rcv@1
	error_says "tcp_v4_do_rcv"
	match "$T/err" 'sock \*'
	match "$T/err" 'sk_buff \*'
}

test_argument_number_beyond_the_last__lists_the_arguments()
{
	try 2 skb -f tcp_v4_do_rcv@5
	error_says "tcp_v4_do_rcv"
	match "$T/err" 'sk_buff \*'
}

test_unknown_tracepoint__is_named_with_near_names()
{
	try 2 skb -f tracepoint:net:netif_recive_skb
	error_says "netif_recive_skb'"
	hint_says 'netif_receive_skb'
}

test_tracepoint_without_an_skb__says_so()
{
	try 2 skb -f tracepoint:sched:sched_switch
	error_says "sched_switch.*skb|skb.*sched_switch"
}

test_bad_spec__has_a_caret_under_the_fault()
{
	try 2 skb -f 'icmp_rcv@x'
	match "$T/err" '^xcap: error: '
	match "$T/err" '^ *\^'
}

test_blank_in_a_spec__hints_at_e()
{
	try 2 skb -f 'icmp_rcv host 10.0.0.1'
	hint_says '-f.*-e'
}

test_bad_filter__has_a_caret_under_the_fault()
{
	try 2 skb "${HERE[@]}" -e 'tcp prot 80'
	error_says "."
	match "$T/err" '^ *tcp prot 80'
	match "$T/err" '^ *\^'
}

test_unknown_interface__is_named()
{
	try 2 skb -f tp:net:netif_receive_skb -i xcap-none0
	error_says "'xcap-none0'"
}

test_unknown_namespace_of_an_interface__is_named()
{
	try 2 skb -f tp:net:netif_receive_skb -i lo@xcap-none
	error_says "xcap-none"
}

test_no_permission__says_what_is_needed()
{
	# nobody has to reach the binary wherever the tree is
	cp "$XCAP" "$T/xcap"
	chmod 755 "$T" "$T/xcap"
	XCAP=$T/xcap UNDER=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
	try 3 skb "${HERE[@]}" -c 1
	error_says '.'
	match "$T/err" 'root|CAP_BPF|sudo'
}

test_no_btf__says_so()
{
	mkdir -p "$T/root/proc" "$T/root/sys"
	XCAP_KROOT=$T/root try 3 skb "${HERE[@]}" -c 1
	error_says 'BTF'
}

test_unwritable_file__is_named()
{
	net_up
	try 1 skb "${HERE[@]}" -w "$T/no/such/folder/x.pcapng"
	error_says "'$T/no/such/folder/x.pcapng'"
	match "$T/err" 'ENOENT'
}

test_a_folder_as_the_file__is_named()
{
	net_up
	try 1 skb "${HERE[@]}" -w "$T"
	error_says "'$T'.*EISDIR|'$T'.*directory"
}

# A file system of 64 KiB in a mount namespace of its own: nothing of it outlives the process.
test_file_system_full__ends_with_one_line_and_status_1()
{
	net_up
	mkdir "$T/small"
	# shellcheck disable=SC2016 # the inner shell expands
	UNDER=(unshare -m bash -c 'mount -t tmpfs -o size=64k none "$1"; shift; exec "$@"' - "$T/small")
	start skb "${HERE[@]}" -U -w "$T/small/x.pcap" -e 'udp port 9'
	in_a "$BLAST" "$IP_B" 9 500 1000 >"$T/blast"
	WANT_RC=1 finish
	eq "error lines" "$(count "$T/err" '^xcap: error: ')" 1
	match "$T/err" "^xcap: error: .*x\.pcap.*ENOSPC"
	at_least "seen, in the totals" "$(total seen)" 1
	match "$T/err" '^not all that was captured is in the output'
}

test_stdout_full__is_one_error_line()
{
	local command

	for command in list check help version; do
		RC=0
		"$XCAP" $command >/dev/full 2>"$T/err" || RC=$?
		eq "exit status of $command" "$RC" 1
		eq "lines of $command" "$(lines "$T/err")" 1
		match "$T/err" '^xcap: error: .*ENOSPC'
	done
}

# More than a pipe holds, and a reader that takes one line of it.
test_reader_of_a_list_gone__is_no_failure()
{
	RC=0
	{ "$XCAP" list -v 2>"$T/err" || echo $? >"$T/rc"; } | head -n 1 >"$T/out"
	absent "$T/rc"
	eq "lines" "$(lines "$T/out")" 1
	[ ! -s "$T/err" ] || fail "xcap list complains of its reader"
}

test_reader_of_w_dash_gone__ends_cleanly()
{
	local reader

	net_up
	mkfifo "$T/pipe"
	background_io "$T/pipe" "$T/head" /dev/null head -c 100000
	reader=$BG
	STDOUT=$T/pipe start skb "${HERE[@]}" -w - -e 'udp port 9'
	in_a "$BLAST" "$IP_B" 9 5000 20 >"$T/blast"
	reap "$reader" 10
	finish_with_reader_gone
	eq "bytes that the reader took" "$(stat -c %s "$T/head")" 100000
}

test_reader_of_the_text_gone__ends_cleanly()
{
	local reader

	net_up
	mkfifo "$T/pipe"
	background_io "$T/pipe" "$T/head" /dev/null head -n 1
	reader=$BG
	STDOUT=$T/pipe start skb "${HERE[@]}" -l -e icmp
	ping4 1
	reap "$reader" 10
	ping4 3
	finish_with_reader_gone
	eq "lines that the reader took" "$(lines "$T/head")" 1
}

# By itself, not by a signal that nobody handles, and without a storm of messages.
finish_with_reader_gone()
{
	finish
	eq "lines about it" "$(count "$T/err" '^xcap: the reader of standard output is gone, stopped$')" 1
	no_match "$T/err" '^xcap: (error|warning): '
	at_least "totals: seen" "$(total seen)" 1
}

test_reader_gone__is_noticed_without_a_packet()
{
	local reader

	net_up
	mkfifo "$T/pipe"
	background_io "$T/pipe" "$T/head" /dev/null head -c 30
	reader=$BG
	STDOUT=$T/pipe start skb "${HERE[@]}" -w - -e 'udp port 9'
	reap "$reader" 10
	finish
	match "$T/err" '^xcap: the reader of standard output is gone, stopped$'
	eq "captured" "$(total captured)" 0
}

test_closed_stdout__is_an_error()
{
	net_up
	# shellcheck disable=SC2016 # the inner shell expands
	UNDER=(bash -c 'exec "$@" >&-' -)
	start skb "${HERE[@]}" -e icmp
	ping4 1
	# shellcheck disable=SC2034 # finish() uses it
	WANT_RC=1
	stop
	error_says 'standard output.*EBADF'
}

test_tracefs_not_mounted__captures_all_the_same()
{
	net_up
	# shellcheck disable=SC2016,SC2034 # the inner shell expands; start() uses it
	UNDER=(unshare -m bash -c 'umount -q /sys/kernel/tracing /sys/kernel/debug/tracing /sys/kernel/debug || true
		exec "$@"' -)
	capture skb "${HERE[@]}" -e icmp -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	no_match "$T/err" '^xcap: error: '
}

test_memlock_not_raisable__captures_all_the_same()
{
	kernel_at_least 5 11 || skip "BPF memory accounted without memlock (kernel 5.11)"
	net_up
	# shellcheck disable=SC2034 # start() uses it
	UNDER=(prlimit --memlock=0:0)
	capture skb "${HERE[@]}" -e icmp -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	no_match "$T/err" '^xcap: error: '
}

test_one_bad_probe__names_it_and_attaches_nothing()
{
	try 2 skb -f tp:net:netif_receive_skb,ip_rcvv
	error_says "'ip_rcvv'"
	no_match "$T/err" 'listening'
}

test_c_0__is_a_usage_error()
{
	try 2 skb "${HERE[@]}" -c 0
	error_says "'0'"
}

test_missing_argument__names_the_option()
{
	try 2 skb -f
	error_says "-f"
}

test_interface_deleted_while_running__goes_on()
{
	net_up
	start skb "${HERE[@]}" -e icmp
	ping4 1
	in_a ip link delete "$DEV_A"
	stop
	eq "lines" "$(lines "$T/out")" 1
}

# stalled: xcap as $XCAP_PID writes to a pipe that is full and whose reader never reads.
stalled()
{
	mkfifo "$T/pipe"
	# shellcheck disable=SC2016 # the inner shell expands
	background bash -c 'exec sleep 60 <>"$1"' - "$T/pipe"
	STDOUT=$T/pipe start skb "${HERE[@]}" -U -w - -e 'udp port 9'
	in_a "$BLAST" "$IP_B" 9 500 1000 >"$T/blast"
	until_true 5 grep -q pipe_write "/proc/$XCAP_PID/wchan" || fail "the write does not wait for the reader"
}

# second SIGNAL STATUS: the first one waits for the reader, the second does not.
second()
{
	stalled
	kill "-$1" "$XCAP_PID"
	sleep 0.5
	! ended "$XCAP_PID" || fail "the first $1 left packets behind"
	kill "-$1" "$XCAP_PID"
	WANT_RC=$2 finish
}

test_second_int__leaves_at_once()
{
	net_up
	second INT 130
}

test_second_term__leaves_at_once()
{
	net_up
	second TERM 143
}

# timeout(1) signals the process and its group.
test_two_signals_at_once__are_one_clean_stop()
{
	net_up
	start skb "${HERE[@]}" -w "$T/x.pcap" -e 'udp port 9'
	in_a "$BLAST" "$IP_B" 9 5000 20 >"$T/blast"
	kill -TERM "$XCAP_PID"
	kill -INT "$XCAP_PID"
	kill -TERM "$XCAP_PID"
	finish
	eq "packets" "$(packets "$T/x.pcap")" 5000
}

test_fifo_that_nobody_reads__can_be_stopped()
{
	net_up
	mkfifo "$T/pipe"
	background_io /dev/null "$T/out" "$T/err" "$XCAP" skb "${HERE[@]}" -w "$T/pipe" -e icmp
	XCAP_PID=$BG
	until_true 20 grep -qE "fifo_open|wait_for_partner" "/proc/$XCAP_PID/wchan" || sleep $((2 * SLOW))
	kill -INT "$XCAP_PID"
	WANT_RC=1 finish
	error_says "nobody read '$T/pipe'"
}
