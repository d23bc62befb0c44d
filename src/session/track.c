/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * track.c - attaching the hooks that follow packets, and sweeping their table.
 *
 * A row goes with its packet. Where a free was not seen it stays, and packets that wait in sockets
 * have theirs for as long; so rows are forgotten only when there is need of room, and then those of
 * which nothing was heard for the longest.
 */
#include "session/track.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "session/attach.h"
#include "session/clock.h"
#include "session/hooks_missed.h"
#include "xcap/track.h"

#define AGE_MAX_NS   30000000000ull
#define AGE_LEAST_NS 1000000000ull
#define BATCH	     512

int track_init(struct track *track, const struct plan *plan, const struct object *object)
{
	track->plan = plan;
	track->object = object;
	track->ends = calloc(2 * (size_t)plan->n_hooks + 1, sizeof(*track->ends));
	track->slow = calloc(2 * (size_t)plan->n_hooks + 1, sizeof(*track->slow));
	if (!track->ends || !track->slow)
		return -ENOMEM;
	for (uint32_t i = 0; i < 2 * plan->n_hooks; i++)
		track->ends[i] = (struct hook_end){-1, -1};
	return 0;
}

static int add_link(void *arg, int link_fd)
{
	*(int *)arg = link_fd;
	return 0;
}

static int attach_by_multi(int prog_fd, const struct plan_probe *probe, bool at_return,
			   struct err *err)
{
	struct attach_multi item = {.address = probe->address};
	int fd = -1;

	if (attach_multi_open(prog_fd, at_return, &item, 1, add_link, &fd) == 1)
		return fd;
	return err_errno(err, ERR_UNSUPPORTED, item.code, "the kernel cannot trace '%s'",
			 probe->name);
}

/* The program of one end of a hook, by one mechanism. */
static int attach_end(const struct track *track, const struct plan_hook *hook,
		      enum plan_mechanism mechanism, bool at_return, struct hook_end *end,
		      struct err *err)
{
	const struct attach_ops *ops = &attach_table[mechanism];
	struct template_clone clone = attach_clone(&hook->probe, hook->hook, mechanism, false);
	const struct attach_part part = {.probe = &hook->probe, .at_return = at_return};
	int fd;

	clone.by_stack = ops->type == BPF_PROG_TYPE_KPROBE;
	if (at_return && clone.by_stack)
		clone.ret_offset = attach_kprobe_ret_offset;
	end->prog_fd = template_load(&track->object->track[at_return], &clone, err);
	if (end->prog_fd < 0)
		return end->prog_fd;
	fd = ops->of_many ? attach_by_multi(end->prog_fd, &hook->probe, at_return, err)
			  : ops->attach(end->prog_fd, &part, err);
	if (fd < 0) {
		close(end->prog_fd);
		end->prog_fd = -1;
		return fd;
	}
	end->link_fd = fd;
	return 0;
}

static void close_end(struct hook_end *end)
{
	if (end->link_fd >= 0)
		close(end->link_fd);
	if (end->prog_fd >= 0)
		close(end->prog_fd);
	*end = (struct hook_end){-1, -1};
}

/* Both ends by one mechanism, or none. */
static int attach_by(struct track *track, uint32_t i, enum plan_mechanism mechanism,
		     struct err *err)
{
	const struct plan_hook *hook = &track->plan->hooks[i];
	struct hook_end *ends = &track->ends[2 * (size_t)i];
	bool both = plan_mechanism_is_exit(mechanism);
	enum plan_mechanism entry = attach_table[mechanism].entry;
	int code = 0;

	if (both)
		code = attach_end(track, hook, mechanism, true, &ends[1], err);
	if (!code)
		code = attach_end(track, hook, entry, false, &ends[0], err);
	if (code)
		close_end(&ends[1]);
	for (int j = 0; j < 2 && !code && attach_table[mechanism].is_slow_off; j++)
		if (ends[j].link_fd >= 0)
			track->slow[track->n_slow++] = ends[j].link_fd;
	return code;
}

static int climb(struct track *track, uint32_t i, struct err *err)
{
	const struct plan_probe *probe = &track->plan->hooks[i].probe;

	for (uint32_t j = 0; j < probe->n_rungs; j++) {
		const struct plan_rung *rung = &probe->ladder[j];
		const char *name = plan_mechanism_name(rung->mechanism);

		if (!rung->usable)
			continue;
		err_clear(err);
		if (!attach_by(track, i, rung->mechanism, err)) {
			log_debug("hook %s: attached by %s", probe->spec, name);
			return 0;
		}
		log_debug("hook %s: %s failed: %s", probe->spec, name, err->msg);
	}
	return err->code ? err->code : -EOPNOTSUPP;
}

int track_attach(struct track *track, struct err *err)
{
	for (uint32_t i = 0; i < track->plan->n_hooks; i++) {
		const struct plan_hook *hook = &track->plan->hooks[i];
		struct err one;

		err_clear(&one);
		if (!climb(track, i, &one))
			continue;
		if (!hook->needed) {
			log_note("packets are not followed through '%s': %s", hook->probe.spec,
				 one.msg);
			continue;
		}
		err_set(err, ERR_UNSUPPORTED, "packets cannot be followed: '%s': %s",
			hook->probe.spec, one.msg);
		return err->code;
	}
	return 0;
}

/* Rows in the table, as far as is known without a look at all of them. */
static uint64_t rows(const struct track *track)
{
	const struct xcap_track_counts *counts = object_track_counts(track->object);
	uint64_t gone = counts->deleted + track->swept;

	return counts->made > gone ? counts->made - gone : 0;
}

/* Where the skb's address is a key as well, a packet's two rows name each other. */
static void forget(struct track *track, uint64_t key, const struct xcap_tracked *row)
{
	int fd = object_track_fd(track->object);

	if (bpf_map_delete_elem(fd, &key))
		return;
	track->aged++;
	track->swept++;
	if (track->plan->config.track == XCAP_TRACK_APPROXIMATE &&
	    !bpf_map_delete_elem(fd, &row->skb))
		track->swept++;
}

/* Delete what was not heard of for age_ns. 0, or -errno. */
static int sweep(struct track *track, uint64_t age_ns)
{
	int fd = object_track_fd(track->object), rc;
	struct xcap_tracked *values = calloc(BATCH, sizeof(*values));
	uint64_t *keys = calloc(BATCH, sizeof(*keys));
	uint64_t before = clock_mono_ns() - age_ns;
	uint32_t place = 0, n;
	void *in = NULL;

	do {
		n = BATCH;
		rc = keys && values ? bpf_map_lookup_batch(fd, in, &place, keys, values, &n, NULL)
				    : -ENOMEM;
		if (rc && rc != -ENOENT)
			break;
		for (uint32_t i = 0; i < n; i++)
			if (values[i].seen_ns < before)
				forget(track, keys[i], &values[i]);
		in = &place;
	} while (!rc);
	free(keys);
	free(values);
	return rc == -ENOENT ? 0 : rc;
}

void track_sweep(struct track *track)
{
	uint64_t limit = object_track_rows(track->object) / 4 * 3;

	for (uint64_t age = AGE_MAX_NS; age >= AGE_LEAST_NS && rows(track) > limit; age /= 2) {
		int rc = sweep(track, age);

		if (rc) {
			log_debug("the table of packets cannot be swept: %s", err_name(rc));
			return;
		}
	}
}

void track_count(const struct track *track, struct capture_totals *totals)
{
	const struct xcap_track_counts *counts = object_track_counts(track->object);

	totals->tracked = counts->tracked;
	totals->untracked = counts->untracked;
	totals->ends_lost = counts->ends_lost;
	totals->aged = track->aged;
}

uint64_t track_missed(const struct track *track)
{
	uint64_t missed = track->missed;

	for (uint32_t i = 0; !track->detached && i < 2 * track->plan->n_hooks; i++)
		missed += hooks_missed_of_end(&track->ends[i]);
	return missed;
}

void track_detach(struct track *track)
{
	track->missed = track_missed(track);
	track->detached = true;
	for (uint32_t i = 0; track->ends && i < 2 * track->plan->n_hooks; i++) {
		if (track->ends[i].link_fd >= 0)
			close(track->ends[i].link_fd);
		track->ends[i].link_fd = -1;
	}
}

void track_fini(struct track *track)
{
	for (uint32_t i = 0; track->ends && i < 2 * track->plan->n_hooks; i++)
		close_end(&track->ends[i]);
	free(track->ends);
	free(track->slow);
	track->slow = NULL;
	track->ends = NULL;
}
