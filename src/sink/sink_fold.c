/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_fold.c - stacks folded, for flame graphs: at the end one line for each way through the
 * kernel, "outer;inner count", sorted.
 *
 * Functions stand without offsets, so that packets which came by the same functions are one line.
 * What has no stack, or came when there were FOLD_MAX lines already, is counted in a line of its
 * own: the sum is the number of packets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "sink/output.h"
#include "sink/sink.h"

#define FOLD_MAX 65536
#define BUCKETS	 16384 /* a power of two */
#define NO_STACK "[no stack]"
#define OTHERS	 "[other stacks]"

struct fold {
	struct fold *next;
	uint64_t count;
	char line[];
};

struct sink {
	struct output *output;
	struct fold *buckets[BUCKETS];
	uint32_t n;
	struct fold **by_id; /* the line of each stack that has an id; NULL: not known yet */
	uint64_t n_ids;
	uint64_t no_stack, others;
	struct buf line; /* scratch */
};

static int fold_open(struct sink **sink, const struct sink_config *config,
		     const struct capture_info *info, struct err *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	int ret;

	(void)info;
	if (!s)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot start the output of stacks");
	ret = output_open(&s->output, config->path, err);
	if (ret) {
		free(s);
		return ret;
	}
	buf_init(&s->line);
	*sink = s;
	return 0;
}

/* "foo+0x1 [mod]" as "foo[mod]": lines are read up to the last blank, frames to a semicolon. */
static void add_frame(struct buf *line, const char *frame)
{
	size_t name = strcspn(frame, "+");
	const char *module = strchr(frame, '[');

	for (size_t i = 0; i < name; i++)
		if (frame[i] > ' ' && frame[i] < 0x7f && frame[i] != ';')
			buf_add_char(line, frame[i]);
	for (; frame[name] && module && *module; module++)
		if (*module > ' ' && *module < 0x7f && *module != ';')
			buf_add_char(line, *module);
}

/* The line of a stack; NULL: there are too many, or -ENOMEM in *code. */
static struct fold *find_line(struct sink *s, const struct record_stack *stack, int *code)
{
	struct fold **first, *fold;
	uint32_t h = 2166136261u; /* FNV-1a */

	buf_reset(&s->line);
	for (uint32_t i = stack->n; i-- > 0;) {
		add_frame(&s->line, stack->frames[i]);
		buf_add_char(&s->line, i ? ';' : '\0');
	}
	*code = buf_failed(&s->line) ? -ENOMEM : 0;
	if (*code)
		return NULL;
	for (size_t i = 0; i < s->line.len; i++)
		h = (h ^ (unsigned char)s->line.data[i]) * 16777619u;
	first = &s->buckets[(h ^ h >> 16) & (BUCKETS - 1)];
	for (fold = *first; fold; fold = fold->next)
		if (!strcmp(fold->line, s->line.data))
			return fold;
	if (s->n == FOLD_MAX)
		return NULL;
	fold = malloc(sizeof(*fold) + s->line.len);
	if (!fold) {
		*code = -ENOMEM;
		return NULL;
	}
	*fold = (struct fold){.next = *first};
	memcpy(fold->line, s->line.data, s->line.len);
	*first = fold;
	s->n++;
	return fold;
}

/* Stacks have ids in the order of their appearance: an array, that grows to the largest. */
static int remember(struct sink *s, uint64_t id, struct fold *fold)
{
	uint64_t n = UTIL_MAX(2 * s->n_ids, id + 1);
	struct fold **by_id;

	if (id >= s->n_ids) {
		by_id = reallocarray(s->by_id, n, sizeof(*by_id));
		if (!by_id)
			return -ENOMEM;
		memset(by_id + s->n_ids, 0, (n - s->n_ids) * sizeof(*by_id));
		s->by_id = by_id;
		s->n_ids = n;
	}
	s->by_id[id] = fold;
	return 0;
}

static int fold_write(struct sink *s, const struct record *record, struct err *err)
{
	const struct record_stack *stack = record->stack;
	struct fold *fold = NULL;
	int code = 0;

	if (!stack || !stack->n) {
		s->no_stack++;
		return 0;
	}
	if (stack->id < s->n_ids)
		fold = stack->id ? s->by_id[stack->id] : NULL;
	if (!fold) {
		fold = find_line(s, stack, &code);
		if (fold && stack->id)
			code = remember(s, stack->id, fold);
	}
	if (code)
		return err_errno(err, ERR_FAILED, code, "cannot count a stack");
	if (fold)
		fold->count++;
	else
		s->others++;
	return 0;
}

static int fold_tick(struct sink *s, struct err *err)
{
	(void)s;
	(void)err;
	return 0;
}

static int by_line(const void *a, const void *b)
{
	const struct fold *left = *(struct fold *const *)a, *right = *(struct fold *const *)b;

	return strcmp(left->line, right->line);
}

static int write_line(struct sink *s, const char *line, uint64_t count, struct err *err)
{
	if (!count)
		return 0;
	buf_reset(&s->line);
	buf_add_str(&s->line, line);
	buf_add_fmt(&s->line, " %llu\n", (unsigned long long)count);
	if (buf_failed(&s->line))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write the stacks");
	return output_write(s->output, s->line.data, s->line.len, err);
}

static int write_all(struct sink *s, struct err *err)
{
	struct fold **sorted = calloc(s->n + 1, sizeof(struct fold *));
	uint32_t n = 0;
	int ret = 0;

	if (!sorted)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write the stacks");
	for (uint32_t i = 0; i < BUCKETS; i++)
		for (struct fold *at = s->buckets[i]; at; at = at->next)
			sorted[n++] = at;
	qsort(sorted, n, sizeof(struct fold *), by_line);
	for (uint32_t i = 0; i < n && !ret; i++)
		ret = write_line(s, sorted[i]->line, sorted[i]->count, err);
	free(sorted);
	if (!ret)
		ret = write_line(s, OTHERS, s->others, err);
	return ret ? ret : write_line(s, NO_STACK, s->no_stack, err);
}

static void sink_free(struct sink *s)
{
	for (uint32_t i = 0; i < BUCKETS; i++)
		for (struct fold *at = s->buckets[i], *next; at; at = next) {
			next = at->next;
			free(at);
		}
	buf_fini(&s->line);
	free(s->by_id);
	free(s);
}

static int fold_close(struct sink *s, const struct capture_totals *totals, struct err *err)
{
	struct err close_err;
	int ret, close_ret;

	ret = totals ? write_all(s, err) : 0;
	close_ret = output_close(s->output, &close_err);
	if (close_ret && !ret) {
		*err = close_err;
		ret = close_ret;
	}
	sink_free(s);
	return ret;
}

const struct sink_ops sink_fold_ops = {
	.name = "fold",
	.is_lines = true,
	.help = "how many packets came by each way through the kernel, for flame graphs",
	.needs = SINK_NEEDS_STACK,
	.open = fold_open,
	.write = fold_write,
	.tick = fold_tick,
	.close = fold_close,
};
