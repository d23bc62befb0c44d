/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_multi.c - one link over many functions, by kprobe-multi (Linux 5.18).
 *
 * The kernel takes all of the addresses or none, and does not say which is bad. Reading the list of
 * those it would take is slower than all the rest, so the link is tried: where it fails it is
 * halved, down to the functions that are at fault. Those that do not look as if they could be
 * traced are tried apart, so that the others are, nearly always, one link.
 */
#include "session/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "session/attach_look.h"

struct batch {
	int prog_fd;
	bool at_return;
	struct attach_multi **items; /* in the order of their addresses */
	unsigned long *addresses;
	__u64 *cookies;
	int (*add)(void *arg, int link_fd);
	void *arg;
	uint32_t n_links, n_tries, n_suspects, n_clean;
};

/* Errors that are not about one of the addresses: halving would only repeat them. */
static bool is_general(int code)
{
	return code == -EPERM || code == -EACCES || code == -EOPNOTSUPP || code == -ENOMEM ||
	       code == -EMFILE;
}

bool attach_multi_is_refusal(int code)
{
	return code && !is_general(code) && code != -EEXIST && code != -ESRCH;
}

/* So few that look bad are tried one by one once they have failed together: most of them are. */
#define APART_MAX 32

static void fail(struct batch *b, uint32_t from, uint32_t to, int code)
{
	for (uint32_t i = from; i < to; i++)
		b->items[i]->code = code;
}

static uint32_t attach_range(struct batch *b, uint32_t from, uint32_t to);

static uint32_t attach_parts(struct batch *b, uint32_t from, uint32_t to)
{
	bool apart = from >= b->n_clean && to - from <= APART_MAX;
	uint32_t step = apart ? 1 : (to - from + 1) / 2, done = 0;

	for (uint32_t i = from; i < to; i += step)
		done += attach_range(b, i, UTIL_MIN(i + step, to));
	return done;
}

/* Returns how many of [from, to) are attached. */
static uint32_t attach_range(struct batch *b, uint32_t from, uint32_t to)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = to - from,
		    .kprobe_multi.addrs = b->addresses + from,
		    .kprobe_multi.cookies = b->cookies + from,
		    .kprobe_multi.flags = b->at_return ? BPF_F_KPROBE_MULTI_RETURN : 0);
	int fd;

	if (from == to)
		return 0;
	b->n_tries++;
	fd = bpf_link_create(b->prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	if (fd >= 0) {
		int code = b->add(b->arg, fd);

		b->n_links++;
		if (!code)
			return to - from;
		fd = code;
	}
	if (to - from == 1 || is_general(fd)) {
		fail(b, from, to, fd);
		return 0;
	}
	return attach_parts(b, from, to);
}

static int by_address(const void *a, const void *b)
{
	const struct attach_multi *left = *(struct attach_multi *const *)a;
	const struct attach_multi *right = *(struct attach_multi *const *)b;

	if (left->suspect != right->suspect)
		return left->suspect - right->suspect;
	return (left->address > right->address) - (left->address < right->address);
}

/* Which do not look as if they could be traced? Of one alone the try itself tells. */
static void suspect(struct batch *b, uint32_t n)
{
	uint64_t *looks = n > 1 ? calloc(n, sizeof(*looks)) : NULL;

	for (uint32_t i = 0; looks && i < n; i++)
		looks[i] = b->items[i]->address;
	if (looks && attach_look(looks, n))
		for (uint32_t i = 0; i < n; i++) {
			b->items[i]->suspect = !looks[i];
			b->n_suspects += !looks[i];
		}
	free(looks);
}

/* In order, without those that are out already and names of one and the same function. */
static uint32_t choose(struct batch *b, struct attach_multi *items, uint32_t n)
{
	uint32_t used = 0, kept = 0;

	for (uint32_t i = 0; i < n; i++)
		if (!items[i].code)
			b->items[used++] = &items[i];
	suspect(b, used);
	qsort(b->items, used, sizeof(*b->items), by_address);
	for (uint32_t i = 0; i < used; i++) {
		if (kept && b->items[kept - 1]->address == b->items[i]->address) {
			b->items[i]->code = -EEXIST;
			continue;
		}
		b->addresses[kept] = b->items[i]->address;
		b->cookies[kept] = b->items[i]->cookie;
		b->n_clean += !b->items[i]->suspect;
		b->items[kept++] = b->items[i];
	}
	return kept;
}

uint32_t attach_multi_open(int prog_fd, bool at_return, struct attach_multi *items, uint32_t n,
			   int (*add)(void *arg, int link_fd), void *arg)
{
	struct batch b = {.prog_fd = prog_fd, .at_return = at_return, .add = add, .arg = arg};
	uint32_t kept, done = 0;

	b.items = calloc(n, sizeof(struct attach_multi *));
	b.addresses = calloc(n, sizeof(*b.addresses));
	b.cookies = calloc(n, sizeof(*b.cookies));
	if (b.items && b.addresses && b.cookies) {
		kept = choose(&b, items, n);
		done = attach_range(&b, 0, b.n_clean) + attach_range(&b, b.n_clean, kept);
		log_debug("kprobe-multi: %u of %u functions by %u link%s, in %u attempt%s, %u "
			  "suspected",
			  done, n, b.n_links, b.n_links == 1 ? "" : "s", b.n_tries,
			  b.n_tries == 1 ? "" : "s", b.n_suspects);
	} else {
		for (uint32_t i = 0; i < n; i++)
			items[i].code = items[i].code ? items[i].code : -ENOMEM;
	}
	free(b.items);
	free(b.addresses);
	free(b.cookies);
	return done;
}
