/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_batch.c - attach_multi_open() with an address among good ones that looks as if it could be
 * traced and cannot: a call inside a function. No xcap that a user starts has one: what looks bad
 * is tried apart. Prints what became of each. Then what is said of kprobes on a function that takes
 * none, as one of a glob and by its name.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/insn.h"
#include "kernel/symbol.h"
#include "session/attach.h"
#include "session/attach_look.h"

static const char *const names[] = {"ip_rcv",	  "icmp_rcv", "ip_local_deliver", "udp_rcv",
				    "tcp_v4_rcv", "arp_rcv",  "ip_forward",	  "ip_output"};
#define N UTIL_ARRAY_SIZE(names)

static int keep(void *arg, int link_fd)
{
	(void)link_fd; /* until the end */
	++*(int *)arg;
	return 0;
}

static int load(void)
{
	static const struct bpf_insn insns[] = {INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_KPROBE_MULTI);

	return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "batch", "GPL", insns, UTIL_ARRAY_SIZE(insns),
			     &opts);
}

/* A call behind the function's beginning; 0: none. */
static uint64_t find_call(uint64_t function)
{
	uint64_t places[512 - 16];

	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(places); i++)
		places[i] = function + 16 + i;
	if (!attach_look(places, UTIL_ARRAY_SIZE(places)))
		return 0;
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(places); i++)
		if (places[i])
			return function + 16 + i;
	return 0;
}

static void ask(const char *name, bool of_many, uint32_t *n_refused)
{
	struct plan_probe probe = {.of_many = of_many};
	const struct attach_part part = {.probe = &probe};
	struct err err;

	err_clear(&err);
	snprintf(probe.name, sizeof(probe.name), "%s", name);
	printf("%s: %s\n", of_many ? "of a glob" : "by name",
	       attach_kprobe_look(&part, n_refused, &err) ? err.msg : "taken");
}

static void ask_for_kprobes(void)
{
	/* the kernel's entry from user space: no kernel takes a probe there */
	static const struct {
		const char *name;
		bool of_many;
	} list[] = {
		{"entry_SYSCALL_64", true}, {"entry_SYSCALL_64", true}, {"entry_SYSCALL_64", true},
		{"entry_SYSCALL_64", true}, {"ip_rcv", true},		{"entry_SYSCALL_64", false},
		{"entry_SYSCALL_64", true}, {"ip_rcv", false},		{"entry_SYSCALL_64", true}};
	uint32_t n_refused = 0;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(list); i++)
		ask(list[i].name, list[i].of_many, &n_refused);
}

int main(void)
{
	struct attach_multi items[N + 1] = {0};
	struct symbol_table *symbols;
	int prog = load(), links = 0;
	struct err err;
	uint32_t done;

	log_set_level(LOG_LEVEL_DEBUG);
	err_clear(&err);
	if (prog < 0 || symbol_open(&symbols, NULL, &err))
		return 1;
	for (uint32_t i = 0; i < N; i++)
		if (!symbol_find(symbols, names[i], &items[i].address))
			return 1;
	items[N].address = find_call(items[0].address);
	symbol_close(symbols);
	if (!items[N].address)
		return 1;
	done = attach_multi_open(prog, false, items, N + 1, keep, &links);
	for (uint32_t i = 0; i < N; i++)
		printf("%s %s\n", names[i], items[i].code ? err_name(items[i].code) : "attached");
	printf("call %s, suspected %d\n", items[N].code ? err_name(items[N].code) : "attached",
	       items[N].suspect);
	printf("%u attached by %d links\n", done, links);
	ask_for_kprobes();
	return 0;
}
