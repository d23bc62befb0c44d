# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# filter_kernel.sh - the programs that xcap loads, driven with packets of our own in the kernel, give
# libpcap's verdicts (tests/kernel/filter_kernel.c): the second of three rings. The first is in user space
# (tests/unit/test_cbpf2ebpf.c), the third live (filter.sh). Reads that fail: tests/kernel/filter_fault.c.

# drive MODE SPEC N [SEED]: its last line says how many verdicts were compared; none may differ.
drive()
{
	"$ROOT/build/tests/filter_kernel" "$@" >"$T/out" 2>"$T/err" || fail "a verdict is not libpcap's"
	cat "$T/out"
	no_match "$T/out" FAIL
}

# of WHAT: a number of the last line, `1234 WHAT`.
of()
{
	sed -nE "\$s/.* ([0-9]+) $1.*/\\1/p" "$T/out"
}

test_filter_kernel__every_expression_on_every_packet_decides_as_libpcap()
{
	drive matrix skb:kfree_skb 1
	at_least "verdicts" "$(of 'verdicts compared')" 2900000
	at_least "accepted" "$(of 'of them accept')" 300000
	# protochain over more headers than loops are unrolled: marked, settled in user space
	at_least "undecided" "$(of undecided)" 1
	eq "few are undecided" "$(($(of undecided) < 1000))" 1
}

test_filter_kernel__the_same_by_raw_tp()
{
	drive matrix raw_tp:skb:kfree_skb 7
	at_least "verdicts" "$(of 'verdicts compared')" 400000
	at_least "accepted" "$(of 'of them accept')" 40000
}

test_filter_kernel__1000_random_programs_decide_as_libpcap()
{
	drive random skb:kfree_skb 1000
	eq "programs" "$(of programs)" 1000
	at_least "verdicts" "$(of 'verdicts compared')" 35000
	at_least "accepted" "$(of 'of them accept')" 3000
}

test_filter_kernel__another_1000_random_programs_decide_as_libpcap()
{
	drive random skb:kfree_skb 1000 77
	eq "programs" "$(of programs)" 1000
	at_least "verdicts" "$(of 'verdicts compared')" 35000
	at_least "accepted" "$(of 'of them accept')" 3000
}

test_filter_kernel__300_hosts_decide_as_libpcap()
{
	drive hosts skb:kfree_skb 300
	at_least "verdicts" "$(of 'verdicts compared')" 10000
	at_least "accepted" "$(of 'of them accept')" 100
}

# For the emulated guests, which are slow: fewer lengths, fewer programs.
test_filter_kernel_small__expressions_decide_as_libpcap()
{
	drive matrix skb:kfree_skb 100
	at_least "verdicts" "$(of 'verdicts compared')" 20000
	at_least "accepted" "$(of 'of them accept')" 2000
}

test_filter_kernel_small__random_programs_by_raw_tp_decide_as_libpcap()
{
	drive random raw_tp:skb:kfree_skb 32
	eq "programs" "$(of programs)" 32
	at_least "verdicts" "$(of 'verdicts compared')" 500
}

# Bytes where there is no memory, in an skb of our own making: beside zeros that a filter would take.
test_filter_kernel_small__a_read_that_fails__is_a_counted_fault_and_no_zeros()
{
	local pages=no-pages faults=4

	"$XCAP" check >"$T/check" 2>&1 || true
	match "$T/check" '^(ok|no) +page addresses '
	! grep -qE '^ok +page addresses ' "$T/check" || { pages=pages && faults=8; }
	"$ROOT/build/tests/filter_fault" $pages >"$T/out" 2>"$T/err" || fail "$(cat "$T/out" "$T/err")"
	eq "faults" "$(of 'of them faults')" $faults
	eq "verdicts" "$(of 'verdicts as they should be')" 15
}
