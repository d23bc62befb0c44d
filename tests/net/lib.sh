# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lib.sh - what every live test shares: namespaces, a capture in the background, assertions.
#
# Sourced by tests/net/one, which runs one test in one process, in its own temporary folder $T. Every
# name made here carries $ID (the process id), so that tests can run side by side and the rig can see
# what one left behind. Whatever a test starts is ended by pid, and its namespaces are deleted, on every
# way out. A test fails by a non-zero status (set -e); it skips by `skip "what is missing"`.

ID=$$
NS_A=xcap-$ID-a		# the sender
NS_B=xcap-$ID-b		# the receiver
DEV_A=xa$ID
DEV_B=xb$ID
MAC_A=02:00:00:00:00:0a
MAC_B=02:00:00:00:00:0b
IP_A=10.99.0.1
IP_B=10.99.0.2
IP6_A=fd99::1
IP6_B=fd99::2
SKIP_STATUS=77
# An emulated guest is 10 to 30 times slower: all bounds are multiplied.
SLOW=${XCAP_TIME_FACTOR:-1}

PIDS=()

# ---- ends ----------------------------------------------------------------------------------------

say()
{
	printf '%s\n' "$*" >&2
}

# What the last xcap printed, for the log of a failed test.
show_logs()
{
	local file

	for file in "$T"/err "$T"/out "$T"/tcpdump.err; do
		[ -s "$file" ] || continue
		say "--- ${file##*/}:"
		head -c 3000 "$file" | cat -v | head -n 40 >&2
	done
}

fail()
{
	say "failed: $*"
	show_logs
	exit 1
}

skip()
{
	printf '%s\n' "$*" >"$T/skip"
	exit "$SKIP_STATUS"
}

# Ends what the test started and deletes its namespaces; called once, by tests/net/one.
cleanup()
{
	local pid ns

	for pid in "${PIDS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	for ns in $(ip netns list 2>/dev/null | awk -v p="xcap-$ID-" 'index($1, p) == 1 { print $1 }'); do
		ip netns pids "$ns" 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
		ip netns delete "$ns" || true
	done
}

# Run in the background with signals as at a terminal (bash ignores INT there); pid in $BG.
background()
{
	env --default-signal=INT,QUIT,PIPE,HUP,TERM "$@" &
	BG=$!
	PIDS+=("$BG")
}

# background_io IN OUT ERR COMMAND...: as background; the files are opened in the child, so that a FIFO that
# nobody has opened yet does not block the test.
background_io()
{
	# shellcheck disable=SC2016 # the inner shell expands
	background bash -c 'in=$1 out=$2 err=$3; shift 3; exec "$@" <"$in" >"$out" 2>"$err"' - "$@"
}

# until_true SECONDS COMMAND...: tries every 10 ms; fails when the time is over.
until_true()
{
	local end=$((SECONDS + $1 * SLOW + 1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# reap PID SECONDS: its exit status in $RC; a process that does not end is a failure.
reap()
{
	until_true "$2" ended "$1" || fail "process $1 did not end within $2 s"
	RC=0
	wait "$1" || RC=$?
}

# Ended, though its parent has not waited for it yet.
ended()
{
	gone "$1" || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# ---- what the machine has ------------------------------------------------------------------------

need()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "the tool $tool"
	done
}

need_kprobe()
{
	[ -e /sys/bus/event_source/devices/kprobe/type ] || skip "kprobes in this kernel"
}

# need_feature NAME WHAT: skips for lack of WHAT where `xcap check` says that there is no NAME.
need_feature()
{
	"$XCAP" check >"$T/check" 2>&1 || true
	grep -qE "^(ok|no) +$1  " "$T/check" || fail "xcap check has no line for $1"
	grep -qE "^ok +$1  " "$T/check" || skip "$2"
}

# Bytes in pages can be read at tracepoints, in either way.
need_pages()
{
	"$XCAP" check >"$T/check" 2>&1 || true
	grep -qE '^ok +(bpf_dynptr_from_skb|page addresses) ' "$T/check" || skip "a way to paged bytes"
}

# The next xcap finds no data symbols, as in kernels that keep none.
without_page_addresses()
{
	mkdir -p "$T/root/proc"
	ln -s /sys "$T/root/sys"
	ln -s /run /var "$T/root/"
	ln -s /proc/* "$T/root/proc/"
	rm "$T/root/proc/kallsyms"
	echo 'ffffffff81000000 T _stext' >"$T/root/proc/kallsyms"
	UNDER=(env "XCAP_KROOT=$T/root")
}

# need_mechanism MECHANISM SPEC: skips if xcap says (status 3) that this kernel cannot.
need_mechanism()
{
	local rc=0

	timeout $((20 * SLOW)) "$XCAP" skb -f "$1:$2" --dry-run >"$T/need" 2>&1 || rc=$?
	[ "$rc" != 3 ] || skip "$1 programs: $(head -n 1 "$T/need")"
	[ "$rc" = 0 ] || { cat "$T/need" >&2; fail "--dry-run of $1:$2 ended with $rc"; }
}

# kernel_at_least MAJOR MINOR
kernel_at_least()
{
	local major minor

	IFS=. read -r major minor _ < <(uname -r)
	minor=${minor%%[!0-9]*}
	[ "$major" -gt "$1" ] || { [ "$major" -eq "$1" ] && [ "$minor" -ge "$2" ]; }
}

in_a()
{
	ip netns exec "$NS_A" "$@"
}

in_b()
{
	ip netns exec "$NS_B" "$@"
}

# A veth pair between two namespaces: $DEV_A in $NS_A, $DEV_B in $NS_B. net_up [MTU]
net_up()
{
	local mtu=${1:-1500}

	ip netns add "$NS_A"
	ip netns add "$NS_B"
	in_a sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
	in_b sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
	in_a ip link add "$DEV_A" address $MAC_A mtu "$mtu" type veth \
		peer name "$DEV_B" address $MAC_B mtu "$mtu" netns "$NS_B"
	in_a ip addr add $IP_A/24 dev "$DEV_A"
	in_b ip addr add $IP_B/24 dev "$DEV_B"
	in_a ip addr add $IP6_A/64 dev "$DEV_A" nodad
	in_b ip addr add $IP6_B/64 dev "$DEV_B" nodad
	in_a ip link set lo up
	in_b ip link set lo up
	in_a ip link set "$DEV_A" up
	in_b ip link set "$DEV_B" up
	until_true 5 in_b ip link show up dev "$DEV_B" || fail "the veth pair did not come up"
}

# ---- traffic, by plain tools ---------------------------------------------------------------------

# ping4 N [ARGS...], ping6: N echo requests from A to B, all answered.
ping4()
{
	in_a ping -q -n -c "$1" -i 0.05 -W $((2 * SLOW)) "${@:2}" $IP_B >"$T/ping" 2>&1 ||
		{ cat "$T/ping" >&2; fail "ping"; }
}

ping6()
{
	in_a ping -6 -q -n -c "$1" -i 0.05 -W $((2 * SLOW)) "${@:2}" $IP6_B >"$T/ping" 2>&1 ||
		{ cat "$T/ping" >&2; fail "ping -6"; }
}

# udp N PORT [TEXT]: N datagrams from A to B; nobody listens there.
udp()
{
	# shellcheck disable=SC2016 # the inner shell expands
	in_a bash -c 'for ((i = 0; i < $1; i++)); do
			printf %s "$4" >"/dev/udp/$2/$3" || true; done' - "$1" $IP_B "$2" "${3:-x}" 2>/dev/null
}

# raw KIND [ARGS...]: frames of tests/net/send.py out of $DEV_A.
raw()
{
	in_a python3 "$NET/send.py" "$DEV_A" "$MAC_A" "$MAC_B" "$@"
}

# tcp_stream PORT BYTES [TEXT]: a TCP connection that carries so many bytes from A to B: lines of TEXT, or of
# numbers, so that no place is like another.
tcp_stream()
{
	local server

	background ip netns exec "$NS_B" socat -u "TCP4-LISTEN:$1,reuseaddr" OPEN:/dev/null
	server=$BG
	until_true 5 listening "$1" || fail "no listener on port $1"
	# what writes for ever ends by a broken pipe
	{ if [ -n "${3:-}" ]; then yes "$3"; else seq "$2"; fi 2>/dev/null || true; } | head -c "$2" |
		in_a socat -u -b 262144 - "TCP4:$IP_B:$1"
	reap "$server" 10
}

listening()
{
	in_b ss -Hltn "sport = :$1" | grep -q LISTEN
}

# drop_port PORT: a netfilter rule in B that drops TCP to PORT.
drop_port()
{
	if command -v nft >/dev/null && in_b nft add table ip xcap 2>/dev/null; then
		in_b nft add chain ip xcap input '{ type filter hook input priority 0; }'
		in_b nft add rule ip xcap input tcp dport "$1" drop
	elif command -v iptables >/dev/null; then
		in_b iptables -A INPUT -p tcp --dport "$1" -j DROP
	else
		skip "nft or iptables"
	fi
}

# syn PORT: one connection attempt from A to B that nobody answers.
syn()
{
	in_a timeout 0.5 bash -c "exec 3<>/dev/tcp/$IP_B/$1" 2>/dev/null || true
}

# ---- xcap ----------------------------------------------------------------------------------------

# start ARGS...: xcap in the background, returns when it listens; pid in $XCAP_PID. stdout goes to
# $T/out, stderr to $T/err. UNDER=(WORDS...) is put before the command, STDOUT=FILE takes its output.
start()
{
	spawn "$@"
	if ! await_ready; then
		reap "$XCAP_PID" 1
		fail "xcap ended with $RC before it was listening: $*"
	fi
}

spawn()
{
	local words=("$@")

	rm -f "$T/ready"
	case ${1:-} in
	skb | drop | trace) words=("$1" --ready-file "$T/ready" "${@:2}") ;;
	*) words=(--ready-file "$T/ready" "$@") ;;
	esac
	background_io /dev/null "${STDOUT:-$T/out}" "$T/err" "${UNDER[@]}" "$XCAP" "${words[@]}"
	XCAP_PID=$BG
}

ready_or_ended()
{
	[ -e "$T/ready" ] || ended "$XCAP_PID"
}

await_ready()
{
	until_true 20 ready_or_ended || fail "xcap was not listening within 20 s"
	[ -e "$T/ready" ]
}

# stop [SIGNAL]: ends xcap cleanly; its exit status in $RC, which must be 0 unless WANT_RC says else.
# shellcheck disable=SC2120 # the tests pass signals
stop()
{
	kill "-${1:-INT}" "$XCAP_PID" 2>/dev/null || true
	finish
}

# finish: waits until xcap ends by itself.
finish()
{
	reap "$XCAP_PID" 20
	eq "exit status" "$RC" "${WANT_RC:-0}"
}

# capture ARGS... -- COMMAND...: start, run the command, stop by SIGINT.
capture()
{
	local args=()

	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	start "${args[@]}"
	"$@"
	stop INT
}

# try STATUS ARGS...: runs xcap to its end in the foreground; it must exit with STATUS.
try()
{
	local want=$1

	shift
	RC=0
	env --default-signal=INT,QUIT,PIPE,HUP,TERM timeout -k 2 $((20 * SLOW)) "${UNDER[@]}" "$XCAP" "$@" \
		>"$T/out" 2>"$T/err" </dev/null || RC=$?
	eq "exit status of xcap $*" "$RC" "$want"
}

# error_says REGEX: the last xcap printed exactly one error line, it matches, and stdout is empty.
error_says()
{
	eq "error lines" "$(count "$T/err" '^xcap: error: ')" 1
	match "$T/err" "^xcap: error: .*$1"
	[ ! -s "$T/out" ] || fail "stdout carries something beside an error"
}

hint_says()
{
	match "$T/err" "^xcap: hint: .*$1"
}

# total NAME: a number of the totals in $T/err, over all probes; the names are in totals.py.
total()
{
	python3 "$NET/totals.py" "$1" <"$T/err" || fail "no '$1' in the totals"
}

# ---- tcpdump beside it ---------------------------------------------------------------------------

# tcpdump_start ARGS...: on $DEV_B, incoming packets only, into $T/tcpdump.pcap.
tcpdump_start()
{
	background ip netns exec "$NS_B" tcpdump -Z root -i "$DEV_B" -Q in --immediate-mode -U -n \
		-B 65536 -s 65535 -w "$T/tcpdump.pcap" "$@" 2>"$T/tcpdump.err"
	TCPDUMP_PID=$BG
	until_true 10 grep -q 'listening on' "$T/tcpdump.err" || fail "tcpdump is not listening"
}

tcpdump_stop()
{
	kill -INT "$TCPDUMP_PID"
	reap "$TCPDUMP_PID" 10
	eq "exit status of tcpdump" "$RC" 0
	match "$T/tcpdump.err" '^0 packets dropped by kernel'
}

# frames FILE: every packet in full, as tcpdump reads it: original length, link header, all bytes.
frames()
{
	tcpdump -t -nn -e -xx -r "$1" 2>"$T/frames.err" || { cat "$T/frames.err" >&2; return 1; }
}

# packets FILE: how many there are.
packets()
{
	tcpdump -nn -q -t -r "$1" 2>"$T/frames.err" | wc -l
}

# same_packets FILE FILE: same number, same original lengths, same bytes.
same_packets()
{
	frames "$1" >"$T/frames.1" || fail "tcpdump cannot read $1"
	frames "$2" >"$T/frames.2" || fail "tcpdump cannot read $2"
	[ -s "$T/frames.1" ] || fail "there is no packet in $1"
	eq "number of packets" "$(packets "$1")" "$(packets "$2")"
	diff "$T/frames.1" "$T/frames.2" >"$T/frames.diff" || {
		head -n 40 "$T/frames.diff" >&2
		fail "the packets differ (< ${1##*/}, > ${2##*/})"
	}
}

# ---- assertions ----------------------------------------------------------------------------------

# eq WHAT GOT WANT
eq()
{
	[ "$2" = "$3" ] || fail "$1: got '$2', want '$3'"
}

# at_least WHAT GOT WANT
at_least()
{
	[ "$2" -ge "$3" ] || fail "$1: got '$2', want at least '$3'"
}

# count FILE REGEX: lines that match.
count()
{
	grep -cE -- "$2" "$1" || true
}

lines()
{
	wc -l <"$1"
}

match()
{
	grep -qE -- "$2" "$1" || { say "--- ${1##*/}:"; head -n 20 "$1" | cat -v >&2; fail "no line of ${1##*/} matches '$2'"; }
}

no_match()
{
	! grep -qE -- "$2" "$1" || fail "a line of ${1##*/} matches '$2': $(grep -m 1 -E -- "$2" "$1")"
}

# each_line_matches FILE REGEX: and there is at least one.
each_line_matches()
{
	[ -s "$1" ] || fail "${1##*/} is empty"
	! grep -qvE -- "$2" "$1" || fail "a line of ${1##*/} does not match '$2': $(grep -m 1 -vE -- "$2" "$1")"
}

absent()
{
	[ ! -e "$1" ] || fail "$1 was left behind"
}
