/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks_missed.c - hits for which the kernel did not run a program, as far as it counts them.
 *
 * Trampolines and tracepoints count in the program, from 5.12. Kprobes count in the link, from 6.7
 * (`missed` of struct bpf_link_info); before that nobody knows. A link over many functions has one
 * sum for all: if it is not zero, what a probe of it missed is not known. The sum over all probes
 * is asked for while packets come: what was missed was lost to the journeys of that time.
 */
#include "session/hooks_missed.h"

#include <bpf/bpf.h>
#include <stddef.h>
#include <string.h>

#include "session/attach.h"

/* struct bpf_link_info as of 6.7; the system's header may be older. */
union link_info {
	struct {
		uint32_t type, id, prog_id, pad;
		uint64_t addresses;
		uint32_t count, flags;
		uint64_t missed;
	} multi;
	struct {
		uint32_t type, id, prog_id, pad;
		uint32_t event_type, pad2;
		uint64_t name;
		uint32_t name_len, offset;
		uint64_t address, missed;
	} kprobe;
	uint64_t room[32];
};

static bool program_misses(int prog_fd, uint64_t *missed)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &size) ||
	    size < offsetof(struct bpf_prog_info, recursion_misses) + sizeof(info.recursion_misses))
		return false;
	*missed += info.recursion_misses;
	return true;
}

static bool link_misses(int link_fd, bool of_many, uint64_t *missed)
{
	union link_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(link_fd, &info, &size))
		return false;
	*missed += of_many ? info.multi.missed : info.kprobe.missed;
	return true;
}

/* Of a link of any kind, or of none: where these count, they say so. */
static void kprobe_misses(int link_fd, uint64_t *missed)
{
	union link_info info = {};
	__u32 size = sizeof(info);

	if (link_fd < 0 || bpf_obj_get_info_by_fd(link_fd, &info, &size))
		return;
	if (info.multi.type == BPF_LINK_TYPE_KPROBE_MULTI)
		*missed += info.multi.missed;
	else if (info.kprobe.type == BPF_LINK_TYPE_PERF_EVENT)
		*missed += info.kprobe.missed;
}

/* Known of a probe in a link over many if there is nothing to divide. */
static bool many_misses(const struct hooks *hooks)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < hooks->n_links; i++)
		if (!link_misses(hooks->links[i], true, &sum))
			return false;
	return !sum;
}

static bool end_misses(const struct hooks *hooks, const struct hook_end *end, bool by_kprobe,
		       uint64_t *missed)
{
	if (!by_kprobe)
		return program_misses(end->prog_fd, missed);
	return hooks->link_missed && link_misses(end->link_fd, false, missed);
}

/* Tracepoints that share a program share its count: known if there is nothing to divide. */
static bool shared_tp_misses(const struct hooks *hooks)
{
	uint64_t sum = 0;

	return program_misses(hooks->shared[PLAN_RAW_TP][0], &sum) && !sum;
}

/* Read while attached; kept for when the links are closed. */
void hooks_missed_count(const struct hooks *hooks, uint32_t probe, struct capture_counts *counts)
{
	const struct hook *hook = &hooks->list[probe];
	const struct attach_ops *ops;
	bool by_kprobe;

	if (hook->mechanism < 0)
		return;
	ops = &attach_table[hook->mechanism];
	by_kprobe = ops->type == BPF_PROG_TYPE_KPROBE;
	if (ops->of_many) {
		counts->missed_known = hooks->many_known;
		return;
	}
	if (hook->missed_done) {
		counts->missed_known = hook->missed_known;
		counts->missed = hook->missed;
		return;
	}
	if (hook->mechanism == PLAN_RAW_TP && hook->main.prog_fd < 0) {
		counts->missed_known = shared_tp_misses(hooks);
		return;
	}
	counts->missed_known = end_misses(hooks, &hook->main, by_kprobe, &counts->missed) &&
			       (hook->entry.link_fd < 0 ||
				end_misses(hooks, &hook->entry, by_kprobe, &counts->missed));
}

uint64_t hooks_missed_of_end(const struct hook_end *end)
{
	uint64_t missed = 0;

	program_misses(end->prog_fd, &missed);
	kprobe_misses(end->link_fd, &missed);
	return missed;
}

uint64_t hooks_missed_sum(const struct hooks *hooks)
{
	uint64_t sum = 0;

	if (hooks->missed_done)
		return hooks->missed_sum;
	for (uint32_t i = 0; i < hooks->plan->n_probes; i++)
		sum += hooks_missed_of_end(&hooks->list[i].main) +
		       hooks_missed_of_end(&hooks->list[i].entry);
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		for (int keep = 0; keep < 2; keep++)
			program_misses(hooks->shared[i][keep], &sum);
	for (uint32_t i = 0; i < hooks->n_links; i++)
		kprobe_misses(hooks->links[i], &sum);
	return sum;
}

void hooks_missed_settle(struct hooks *hooks)
{
	hooks->many_known = hooks->n_links && hooks->link_missed && many_misses(hooks);
	hooks->missed_sum = hooks_missed_sum(hooks);
	hooks->missed_done = true;
	for (uint32_t i = 0; i < hooks->plan->n_probes; i++) {
		struct hook *hook = &hooks->list[i];
		struct capture_counts counts = {};

		hooks_missed_count(hooks, i, &counts);
		hook->missed = counts.missed;
		hook->missed_known = counts.missed_known;
		hook->missed_done = true;
	}
}
