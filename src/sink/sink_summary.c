/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_summary.c - drops as a table: how many for which reason, at which place, on which path.
 *
 * On a terminal it is drawn again in place each second, with the rate of that second; else, and at
 * the end, it is printed once, with the rate over the whole. The most frequent come first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "sink/drop_text.h"
#include "sink/output.h"
#include "sink/sink.h"

#define NS_PER_S     1000000000ull
#define LINES_NORMAL 24 /* of a terminal that does not tell */

struct row {
	char *name; /* "REASON", "PLACE", "PATH", each with its NUL, behind each other */
	const char *place, *path;
	uint64_t n, n_before; /* in all, and when the table was last drawn */
};

struct sink {
	struct output *output;
	struct row *rows;
	size_t n_rows;
	struct buf line;
	bool is_terminal;
	unsigned int drawn; /* lines of the table that stand on the terminal */
	uint64_t start_ns, drawn_ns;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int summary_open(struct sink **sink, const struct sink_config *config,
			const struct capture_info *info, struct err *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	int ret;

	(void)info;
	if (!s)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot start the summary");
	ret = output_open(&s->output, config->path, err);
	if (ret) {
		free(s);
		return ret;
	}
	buf_init(&s->line);
	s->is_terminal = strcmp(config->path, "-") == 0 && isatty(STDOUT_FILENO);
	s->start_ns = s->drawn_ns = clock_ns();
	*sink = s;
	return 0;
}

static struct row *find_row(const struct sink *s, const char *reason, const char *place,
			    const char *path)
{
	for (size_t i = 0; i < s->n_rows; i++) {
		struct row *row = &s->rows[i];

		if (!strcmp(row->name, reason) && !strcmp(row->place, place) &&
		    !strcmp(row->path, path))
			return row;
	}
	return NULL;
}

static struct row *add_row(struct sink *s, const char *reason, const char *place, const char *path)
{
	size_t n_reason = strlen(reason) + 1, n_place = strlen(place) + 1;
	size_t n_path = strlen(path) + 1;
	struct row *rows = realloc(s->rows, (s->n_rows + 1) * sizeof(*rows)), *row;

	if (!rows)
		return NULL;
	s->rows = rows;
	row = &rows[s->n_rows];
	*row = (struct row){.name = malloc(n_reason + n_place + n_path)};
	if (!row->name)
		return NULL;
	row->place = memcpy(row->name + n_reason, place, n_place);
	row->path = memcpy(row->name + n_reason + n_place, path, n_path);
	memcpy(row->name, reason, n_reason);
	s->n_rows++;
	return row;
}

static int summary_write(struct sink *s, const struct record *r, struct err *err)
{
	const char *reason = r->reason ? r->reason : "-", *place = r->location ? r->location : "-";
	struct row *row;

	buf_reset(&s->line);
	drop_text_path(&s->line, r);
	if (!s->line.len)
		buf_add_char(&s->line, '-');
	row = find_row(s, reason, place, buf_str(&s->line));
	if (!row)
		row = add_row(s, reason, place, buf_str(&s->line));
	if (!row || buf_failed(&s->line))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot count a drop");
	row->n++;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->name, y->name);
}

struct widths {
	int reason, place;
};

static struct widths measure(const struct sink *s)
{
	struct widths w = {strlen("reason"), strlen("place")};

	for (size_t i = 0; i < s->n_rows; i++) {
		w.reason = UTIL_MAX(w.reason, (int)strlen(s->rows[i].name));
		w.place = UTIL_MAX(w.place, (int)strlen(s->rows[i].place));
	}
	return w;
}

/* The first `max` rows. The rate is that of `seconds`, in which n - from were counted. */
static void add_table(struct sink *s, size_t max, bool since_drawn, double seconds)
{
	struct widths w;

	if (s->n_rows)
		qsort(s->rows, s->n_rows, sizeof(*s->rows), by_number);
	w = measure(s);
	buf_add_fmt(&s->line, "%10s %10s  %-*s  %-*s  %s\n", "drops", "per second", w.reason,
		    "reason", w.place, "place", "path");
	for (size_t i = 0; i < s->n_rows && i < max; i++) {
		struct row *row = &s->rows[i];
		uint64_t n = row->n - (since_drawn ? row->n_before : 0);

		buf_add_fmt(&s->line, "%10" PRIu64 " %10.1f  %-*s  %-*s  %s\n", row->n, n / seconds,
			    w.reason, row->name, w.place, row->place, row->path);
		row->n_before = row->n;
	}
	if (s->n_rows > max)
		buf_add_fmt(&s->line, "%10s and %zu more rows\n", "", s->n_rows - max);
}

static int flush(struct sink *s, struct err *err)
{
	int ret;

	if (buf_failed(&s->line))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot print the summary");
	ret = output_write(s->output, s->line.data, s->line.len, err);
	return ret ? ret : output_flush(s->output, err);
}

/* Back to the table's first line, and away with all from there. */
static void erase(struct sink *s)
{
	buf_reset(&s->line);
	if (s->drawn)
		buf_add_fmt(&s->line, "\033[%uA\033[J", s->drawn);
	s->drawn = 0;
}

/* Rows that fit below each other, with the heading, the line for more, and the cursor's. */
static size_t rows_that_fit(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 5)
		size.ws_row = LINES_NORMAL;
	return size.ws_row - 4;
}

static int summary_tick(struct sink *s, struct err *err)
{
	uint64_t now = clock_ns();
	size_t fit;

	if (!s->is_terminal || now == s->drawn_ns)
		return 0;
	fit = rows_that_fit();
	erase(s);
	/* a row that is wider than the terminal is cut: it has to stay one line */
	buf_add_str(&s->line, "\033[?7l");
	add_table(s, fit, true, (now - s->drawn_ns) / 1e9);
	buf_add_str(&s->line, "\033[?7h");
	s->drawn = 1 + UTIL_MIN(s->n_rows, fit) + (s->n_rows > fit);
	s->drawn_ns = now;
	return flush(s, err);
}

static void summary_free(struct sink *s)
{
	for (size_t i = 0; i < s->n_rows; i++)
		free(s->rows[i].name);
	free(s->rows);
	buf_fini(&s->line);
	free(s);
}

static int summary_close(struct sink *s, const struct capture_totals *totals, struct err *err)
{
	struct err close_err;
	int ret = 0, close_ret;

	if (!s)
		return 0;
	if (totals) {
		erase(s);
		add_table(s, SIZE_MAX, false, UTIL_MAX(clock_ns() - s->start_ns, 1) / 1e9);
		ret = flush(s, err);
	}
	close_ret = output_close(s->output, ret ? &close_err : err);
	summary_free(s);
	return ret ? ret : close_ret;
}

const struct sink_ops sink_summary_ops = {
	.name = "summary",
	.help = "a table of drops",
	.open = summary_open,
	.write = summary_write,
	.tick = summary_tick,
	.close = summary_close,
};
