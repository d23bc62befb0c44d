# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# globs.sh - many probes by one word, one mechanism for all, types from a file.

# probes_of FILE: the specs in the output of --dry-run, one per line.
probes_of()
{
	sed -n 's/^probe  *//p' "$1"
}

test_glob__over_tracepoints_captures_at_each_of_them()
{
	net_up
	start skb -f 'tp:net:netif_receive_sk?,net:net_dev_[qs]*' -e "icmp[0] == 8 and dst host $IP_B"
	ping4 2
	stop
	eq "lines at netif_receive_skb" "$(count "$T/out" ' netif_receive_skb ')" 2
	eq "lines at net_dev_queue" "$(count "$T/out" ' net_dev_queue ')" 2
	eq "lines at net_dev_start_xmit" "$(count "$T/out" ' net_dev_start_xmit ')" 2
	eq "lines" "$(lines "$T/out")" 6
	eq "sent" "$(total sent)" 6
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

# One program serves all of them where the kernel has cookies for it: each packet is seen where it was, with the
# reason and place of its drop, and on the device that sent it.
test_glob__over_tracepoints_by_raw_tp_tells_them_apart()
{
	net_up
	start skb -f 'tp:*:*' --backend raw_tp -e "icmp[0] == 8 and dst host $IP_B" -w "$T/x.pcapng" --print
	ping4 2
	stop
	eq "at netif_receive_skb" "$(count "$T/out" " netif_receive_skb +$DEV_B@")" 2
	eq "at net_dev_queue" "$(count "$T/out" " net_dev_queue +$DEV_A@")" 2
	eq "at net_dev_xmit" "$(count "$T/out" " net_dev_xmit +$DEV_A@")" 2
	each_line_matches "$T/out" 'IP 10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request'
	match "$T/err" '^xcap: listening on [0-9]+ probes \(raw_tp\)'
	eq "packets in the file" "$(packets "$T/x.pcapng")" "$(total sent)"
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
	drop_port 9000
	start skb -f 'tp:*:*' --backend raw_tp -e 'tcp dst port 9000' -v
	syn 9000
	stop
	eq "drops" "$(count "$T/out" ' kfree_skb ')" 1
	if kernel_at_least 5 17; then
		match "$T/out" ' kfree_skb .* NETFILTER_DROP '
	fi
	match "$T/out" ' kfree_skb .*[a-z_0-9.]+\+0x'
}

test_glob__takes_away_what_stands_behind_the_mark()
{
	try 0 skb -f 'tp:net:*,!net_dev_*,!tp:net:*_entry' --dry-run
	probes_of "$T/out" >"$T/probes"
	each_line_matches "$T/probes" '^tracepoint:net:netif_'
	no_match "$T/probes" 'net_dev|_entry'
	match "$T/probes" '^tracepoint:net:netif_receive_skb$'
}

# xcap list shows what a glob stands for: no tracepoint more, none less.
test_glob__names_what_list_lists()
{
	try 0 list 'tp:*:*'
	sed 's/@[0-9]*$//' "$T/out" | sort >"$T/listed"
	try 0 skb -f 'tp:*:*' --dry-run
	probes_of "$T/out" | sed 's/@[0-9]*$//' | sort >"$T/planned"
	at_least "tracepoints" "$(lines "$T/planned")" 20
	diff "$T/listed" "$T/planned" >&2 || fail "list and glob differ"
}

test_glob__of_nothing_is_an_error_with_near_names()
{
	try 2 skb -f 'ip_rvc*'
	error_says "'ip_rvc\*' matches no function"
	hint_says "'ip_rcv'"
	try 2 skb -f 'ip_*@1'
	error_says "'ip_\*@1'"
	try 2 skb -f '!ip_rcv'
	error_says "nothing stands before '!ip_rcv'"
	try 2 skb -f 'tp:net:*,!tp:*:*'
	error_says 'nothing is left to probe'
}

test_glob__of_everything_warns_unless_something_bounds_it()
{
	try 0 skb -f 'tp:*:*' --cmd true -i "xcap-none*"
	no_match "$T/err" 'warning: every packet'
	try 0 skb -f 'tp:*:*' --cmd true -e 'icmp and host 10.99.0.1'
	no_match "$T/err" 'warning: every packet'
	try 0 skb -f 'tp:*:*' --cmd true -w "$T/all.pcapng"
	match "$T/err" '^xcap: warning: every packet is captured at each of [0-9]+ probes'
}

# How long a start takes hangs on how much the verifier has to look at. What clang makes of a small change can
# double it and nothing else tells: the shared programs had 5,900 to 6,900 instructions to verify in Linux 6.12, 6.18
# and 7.2, and 15,000 when a value too many was kept on the stack.
test_glob__star_s_shared_programs_are_verified_in_few_instructions()
{
	local probes='raw_tp:*:*' most

	printf '6.4\n%s\n' "$(uname -r)" | sort -V -C || skip "loops that a verifier sees the end of, before Linux 6.4"
	"$XCAP" check >"$T/check" || true
	! grep -q '^ok  kprobe-multi  ' "$T/check" || probes+=',kprobe-multi:icmp_*'
	net_up
	start skb -f "$probes" -e icmp
	grep -hs '^verified_insns:' "/proc/$XCAP_PID"/fdinfo/* | awk '{ print $2 }' | sort -n >"$T/verified"
	stop
	at_least "programs" "$(lines "$T/verified")" 1
	most=$(tail -n 1 "$T/verified")
	at_least "instructions" "$most" 2000
	[ "$most" -le 9000 ] || fail "$most instructions are verified, more than 9,000"
}

# The journey of a ping through all that takes an skb: the same packet at place after place, all told, none
# lost. Where functions cannot be probed the tracepoints alone have to tell it.
test_glob__star_shows_the_journey_of_a_ping()
{
	local seq probes='*'

	# a kprobe for each of 1,600 functions takes minutes to take away in an emulated guest
	"$XCAP" check >"$T/check" || true
	if grep -q '^ok  kprobe  ' "$T/check" && grep -q '^no  kprobe-multi  ' "$T/check"; then
		probes='tp:*:*,icmp_*,ip_rcv*,ip_local_deliver*,ip_*output*,!ip_fra*'
	fi
	net_up
	start skb -f "$probes" -B 64M -e "icmp and host $IP_B" -w "$T/all.pcapng" --print --debug
	if grep -q '^ok  kprobe-multi  ' "$T/check"; then
		# what cannot be traced was known to be so: it costs neither links nor tries of other mechanisms
		match "$T/err" '^xcap: debug: kprobe-multi: 1?[0-9]{3} of [0-9]+ functions by [0-9] links?,'
		no_match "$T/err" 'fentry failed'
	fi
	ping4 1
	stop
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
	[ "$probes" != '*' ] || match "$T/err" '^xcap: [0-9,]+ of [0-9,]+ functions and tracepoints left out: '
	match "$T/out" ' net_dev_queue .*echo request'
	match "$T/out" ' netif_receive_skb .*echo request'
	match "$T/out" ' netif_receive_skb .*echo reply'
	if [ -e /sys/bus/event_source/devices/kprobe/type ]; then
		for seq in ip_rcv ip_local_deliver icmp_rcv icmp_echo ip_output; do
			match "$T/out" " $seq "
		done
		at_least "places" "$(awk '{ print $2 }' "$T/out" | sort -u | wc -l)" 15
	fi
	eq "packets in the file" "$(packets "$T/all.pcapng")" "$(total sent)"
}

# A reset that nobody's packet asked for: the tracepoint has no skb, and the other probes see what they see.
test_glob__where_the_skb_is_null_says_so()
{
	net_up
	cat >"$T/reset.py" <<-'PYTHON'
		import socket, struct
		listener = socket.create_server(("127.0.0.1", 0))
		client = socket.create_connection(listener.getsockname())
		server, _ = listener.accept()
		server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		server.close()
	PYTHON
	capture skb -f 'tp:tcp:tcp_send_rese?,tp:net:netif_receive_skb' -v -- in_b python3 "$T/reset.py"
	match "$T/out" ' tcp_send_reset .* no packet'
	match "$T/out" ' netif_receive_skb .*Flags \[R\.'
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
}

test_backend__forces_one_mechanism_or_says_that_it_does_not_fit()
{
	net_up
	capture skb -f tp:net:netif_receive_skb --backend raw_tp -e icmp --debug -- ping4 1
	match "$T/err" '^xcap: listening on 1 probe \(raw_tp\)'
	try 2 skb -f tp:net:netif_receive_skb --backend kprobe
	error_says "--backend kprobe does not fit the probe 'tracepoint:net:netif_receive_skb'"
	try 2 skb --backend kprob
	error_says "no mechanism 'kprob'"
	hint_says "'kprobe'"
}

test_btf__a_copy_of_the_kernels_types_is_as_good()
{
	net_up
	cp /sys/kernel/btf/vmlinux "$T/btf"
	capture skb "${AT_RECEIVE[@]}" --btf "$T/btf" -e 'icmp[0] == 8' -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	match "$T/err" '^xcap: listening on 1 probe \(tp_btf\)'
}

AT_RECEIVE=(-f tracepoint:net:netif_receive_skb -i "$DEV_B")

# A type more makes it another kernel's file: no program may name its target by it.
test_btf__of_another_build_leaves_raw_tp()
{
	net_up
	python3 - /sys/kernel/btf/vmlinux "$T/btf" <<-'PYTHON'
		import struct, sys
		data = bytearray(open(sys.argv[1], "rb").read())
		head, type_off, type_len, str_off, str_len = struct.unpack_from("<5I", data, 4)
		# one more int at the end of the types, its name the empty one
		more = struct.pack("<4I", 0, 1 << 24, 4, 32)
		at = head + type_off + type_len
		data[at:at] = more
		struct.pack_into("<5I", data, 4, head, type_off, type_len + len(more), str_off + len(more), str_len)
		open(sys.argv[2], "wb").write(data)
	PYTHON
	capture skb "${AT_RECEIVE[@]}" --btf "$T/btf" -e 'icmp[0] == 8' --debug -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	match "$T/err" 'not by tp_btf: the types of --btf are not the running kernel'
	match "$T/err" '^xcap: listening on 1 probe \(raw_tp\)'
}

# Found to be tried all the same: the object is relocated by the file, tracepoints go by their names.
test_btf__of_a_kernel_that_shows_none_is_enough_for_tracepoints()
{
	net_up
	cp /sys/kernel/btf/vmlinux "$T/btf"
	mkdir -p "$T/root/sys/kernel"
	ln -s /proc /run /var "$T/root/"
	find /sys -mindepth 1 -maxdepth 1 ! -name kernel -exec ln -s {} "$T/root/sys/" ';'
	find /sys/kernel -mindepth 1 -maxdepth 1 ! -name btf -exec ln -s {} "$T/root/sys/kernel/" ';'
	UNDER=(env "XCAP_KROOT=$T/root")
	try 3 skb "${AT_RECEIVE[@]}"
	error_says "cannot read the kernel's types \(BTF\) from '/sys/kernel/btf/vmlinux'"
	hint_says "--btf FILE"
	try 3 check
	match "$T/out" '^no  BTF  .*give its types by --btf FILE$'
	capture skb "${AT_RECEIVE[@]}" --btf "$T/btf" -e 'icmp[0] == 8' -- ping4 2
	eq "lines" "$(lines "$T/out")" 2
	match "$T/err" '^xcap: listening on 1 probe \(raw_tp\)'
	try 0 check --btf "$T/btf"
	match "$T/out" '^no  tp_btf  .*the types of --btf are not the running kernel'
	match "$T/out" '^no  fentry  .*the types of --btf are not the running kernel'
	match "$T/out" '^xcap can capture here: tracepoints by raw_tp;'
}

test_btf__garbage_is_an_error_that_names_the_file()
{
	head -c 5000 /dev/urandom >"$T/garbage"
	try 1 skb --btf "$T/garbage"
	error_says "'$T/garbage' holds no types"
	head -c 5000 /sys/kernel/btf/vmlinux >"$T/cut"
	try 1 skb --btf "$T/cut"
	error_says "'$T/cut' holds no types"
	try 1 skb --btf "$T/none"
	error_says "cannot read types \(BTF\) from '$T/none': No such file"
}

# The table is in README.md and so in the guests, too; tests/vm runs this on each kernel that has a column.
test_support__the_table_in_the_readme_is_what_xcap_finds()
{
	try 0 check --json
	python3 "$NET/support.py" check "$NET/../../README.md" <"$T/out" >"$T/wrong" ||
		{ cat "$T/wrong" >&2; fail "README.md does not say what this kernel can do"; }
	# the comparison finds what is wrong
	sed 's/^| ring buffer /| ring puffer /' "$NET/../../README.md" >"$T/README.md"
	! python3 "$NET/support.py" check "$T/README.md" <"$T/out" >"$T/wrong" || fail "a wrong row is not found"
	match "$T/wrong" 'ring puffer'
}

test_check__json_has_what_the_lines_have()
{
	try 0 check
	cp "$T/out" "$T/text"
	try 0 check --json
	python3 - "$T/text" "$T/out" <<-'PYTHON'
		import json, re, sys
		lines = open(sys.argv[1]).read().splitlines()
		told = json.load(open(sys.argv[2]))
		rows = [(l[:2] == "ok", l[4:]) for l in lines if l[:4] in ("ok  ", "no  ")]
		assert told["can_capture"] is True
		assert len(rows) == len(told["features"]) > 10
		for (works, text), feature in zip(rows, told["features"]):
		    assert text.startswith(feature["name"] + " "), (text, feature)
		    assert works == feature["works"], (text, feature)
		    assert works == (feature["remedy"] is None), feature
		    assert works or (feature["without_it"] in text and feature["remedy"] in text), feature
	PYTHON
}

test_list__long_verbose_and_json_tell_the_same()
{
	try 0 list -l 'net:netif_receive_skb'
	match "$T/out" '^tracepoint:net:netif_receive_skb@1 +\(struct sk_buff \*'
	try 0 list -v 'net:netif_receive_skb'
	match "$T/out" '^tracepoint:net:netif_receive_skb@1 +tp_btf,raw_tp$'
	try 0 list --json
	python3 - "$T/out" <<-'PYTHON'
		import json, sys
		rows = [json.loads(line) for line in open(sys.argv[1])]
		by = {row["probe"]: row for row in rows}
		assert len(by) == len(rows) > 500
		row = by["tracepoint:net:netif_receive_skb@1"]
		assert row["kind"] == "tracepoint" and row["category"] == "net" and row["module"] is None
		assert row["mechanisms"] == ["tp_btf", "raw_tp"]
		row = by["ip_rcv@1"]
		assert row["kind"] == "function" and row["category"] is None and row["skb_argument"] == 1
		assert row["arguments"][0] == {"name": "skb", "type": "struct sk_buff *"}
		for row in rows:
		    assert "struct sk_buff" in row["arguments"][row["skb_argument"] - 1]["type"], row
	PYTHON
}

test_list__of_everything_takes_less_than_200_ms_of_a_processor()
{
	local TIMEFORMAT='%U %S' used

	# shellcheck disable=SC2034 # the best of three
	for used in 1 2 3; do
		{ time "$XCAP" list -l >/dev/null; } 2>>"$T/times"
	done
	used=$(awk '{ ms = ($1 + $2) * 1000; if (!n++ || ms < best) best = ms } END { print int(best) }' "$T/times")
	[ "$used" -lt $((200 * SLOW)) ] || fail "xcap list took $used ms"
}

test_list__takes_the_types_of_a_file()
{
	cp /sys/kernel/btf/vmlinux "$T/btf"
	try 0 list --btf "$T/btf" ip_rcv
	match "$T/out" '^ip_rcv@1$'
	try 0 check --btf "$T/btf"
	match "$T/out" '^ok +BTF '
	echo garbage >"$T/garbage"
	try 1 list --btf "$T/garbage"
	error_says "'$T/garbage' holds no types"
	try 1 check --btf "$T/garbage"
	error_says "'$T/garbage' holds no types"
}

# CAP_BPF and CAP_PERFMON came with 5.8.
test_capabilities__bpf_perfmon_and_syslog_are_enough()
{
	local caps=-all,+bpf,+perfmon,+syslog more=

	# libbpf looks into the modules for a kfunc that the kernel has not got
	kernel_at_least 6 4 || { caps+=,+sys_admin more=,cap_sys_admin; }
	net_up
	cp "$XCAP" "$T/xcap"
	chmod 755 "$T/xcap"
	mkdir -m 777 "$T/ready.d"
	chmod 755 "$T"
	# shellcheck disable=SC2034 # stop() and try() use them
	{
		XCAP=$T/xcap
		UNDER=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="$caps" --ambient-caps="$caps"
			--bounding-set="$caps")
	}
	background_io /dev/null "$T/out" "$T/err" "${UNDER[@]}" "$XCAP" skb --ready-file "$T/ready.d/ready" \
		-f tp:net:netif_receive_skb -e "icmp[0] == 8 and dst host $IP_B"
	# shellcheck disable=SC2034 # stop() uses it
	XCAP_PID=$BG
	until_true 20 test -e "$T/ready.d/ready" || fail "not listening"
	ping4 2
	stop
	eq "lines" "$(lines "$T/out")" 2
	eq "lost" "$(($(total ring_full) + $(total fault) + $(total nested)))" 0
	try 0 check
	match "$T/out" '^xcap can capture here: tracepoints by '
	UNDER=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
	try 3 check
	match "$T/out" "^to let users capture without root .*: sudo setcap cap_bpf,cap_perfmon,cap_syslog$more\+ep $T/xcap\$"
}
