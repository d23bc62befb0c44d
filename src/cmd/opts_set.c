/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_set.c - the setters: text of an argument to a checked value in struct config.
 */
#include "cmd/opts_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "record/packet_link.h"
#include "sink/sink.h"
#include "xcap/limits.h"

static int set_text(const char **field, const char *arg, struct err *err)
{
	if (!*arg)
		return err_set(err, ERR_USAGE, "the argument is empty");
	*field = arg;
	return 0;
}

static int append_text(const char **list, uint32_t *n, const char *arg, struct err *err)
{
	if (*n == OPTS_REPEAT_MAX)
		return err_set(err, ERR_USAGE, "given more than %d times", OPTS_REPEAT_MAX);
	if (!*arg)
		return err_set(err, ERR_USAGE, "the argument is empty");
	list[(*n)++] = arg;
	return 0;
}

int opts_set_scaled(const char *arg, const struct opts_unit *units, size_t n_units, uint64_t *out)
{
	size_t digits = strspn(arg, "0123456789");
	uint64_t factor = 0;
	unsigned long long number;

	if (!digits)
		return -EINVAL;
	if (!arg[digits])
		factor = units[0].factor;
	for (size_t i = 0; i < n_units && !factor; i++)
		if (strcmp(arg + digits, units[i].name) == 0)
			factor = units[i].factor;
	if (!factor)
		return -EINVAL;
	errno = 0;
	number = strtoull(arg, NULL, 10);
	if (errno || number > UINT64_MAX / factor)
		return -ERANGE;
	*out = number * factor;
	return 0;
}

int opts_set_probe(struct config *config, const char *arg, struct err *err)
{
	return append_text(config->probes, &config->n_probes, arg, err);
}

int opts_set_interface(struct config *config, const char *arg, struct err *err)
{
	return append_text(config->interfaces, &config->n_interfaces, arg, err);
}

int opts_set_filter(struct config *config, const char *arg, struct err *err)
{
	(void)err;
	/* empty is fine: scripts pass -e "$FILTER", and libpcap takes it as everything */
	config->filter = arg;
	return 0;
}

int opts_set_filter_file(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->filter_path, arg, err);
}

int opts_set_read(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->read_path, arg, err);
}

int opts_set_reason(struct config *config, const char *arg, struct err *err)
{
	const char *end;

	for (;; arg = end + 1) {
		end = strchrnul(arg, ',');
		if (end == arg)
			return err_set(err, ERR_USAGE, "a name is empty");
		if (config->n_reasons == XCAP_REASONS)
			return err_set(err, ERR_USAGE, "'%s' is one too many: at most %d reasons",
				       arg, XCAP_REASONS);
		config->reasons[config->n_reasons] = strndup(arg, end - arg);
		if (!config->reasons[config->n_reasons])
			return err_errno(err, ERR_FAILED, ENOMEM, "cannot keep '%s'", arg);
		config->n_reasons++;
		if (!*end)
			return 0;
	}
}

int opts_set_dump(struct config *config, const char *arg, struct err *err)
{
	(void)arg;
	if (++config->dump <= 3)
		return 0;
	return err_set(err, ERR_USAGE, "given more than three times");
}

int opts_set_count(struct config *config, const char *arg, struct err *err)
{
	int rc = util_parse_u64(arg, 1, UINT64_MAX, &config->count);

	if (!rc)
		return 0;
	if (rc == -EINVAL)
		return err_set(err, ERR_USAGE, "'%s' is not a number of packets", arg);
	err_set(err, ERR_USAGE, "'%s' is out of range: 1 packet or more", arg);
	err_hint(err, "without this option xcap captures until it is stopped");
	return err->code;
}

int opts_set_track_max(struct config *config, const char *arg, struct err *err)
{
	int rc = util_parse_u64(arg, XCAP_TRACK_LEAST, XCAP_TRACK_MOST, &config->track_max);

	if (rc == -EINVAL)
		return err_set(err, ERR_USAGE, "'%s' is not a number of packets", arg);
	if (rc)
		return err_set(err, ERR_USAGE, "'%s' is out of range: %d to %d packets", arg,
			       XCAP_TRACK_LEAST, XCAP_TRACK_MOST);
	return 0;
}

int opts_set_snaplen(struct config *config, const char *arg, struct err *err)
{
	int rc = util_parse_u64(arg, 0, XCAP_SNAPLEN_MAX, &config->snaplen);

	if (rc == -EINVAL)
		return err_set(err, ERR_USAGE, "'%s' is not a number of bytes", arg);
	if (rc) {
		err_set(err, ERR_USAGE, "'%s' is out of range: 0 to %d bytes", arg,
			XCAP_SNAPLEN_MAX);
		err_hint(err, "0 means the maximum");
		return err->code;
	}
	if (!config->snaplen)
		config->snaplen = XCAP_SNAPLEN_MAX;
	config->snaplen_given = true;
	return 0;
}

int opts_set_skb_data_offset(struct config *config, const char *arg, struct err *err)
{
	bool negative = *arg == '-';
	uint64_t bytes = 0;
	int rc = util_parse_u64(arg + negative, 0, XCAP_DATA_OFFSET_MAX, &bytes);

	if (rc == -EINVAL) {
		err_set(err, ERR_USAGE, "'%s' is not a number of bytes", arg);
		err_hint(err, "-34 is 34 bytes before skb->data: an Ethernet and an IPv4 header");
		return err->code;
	}
	if (rc)
		return err_set(err, ERR_USAGE, "'%s' is out of range: -%d to %d bytes", arg,
			       XCAP_DATA_OFFSET_MAX, XCAP_DATA_OFFSET_MAX);
	config->skb_data_offset = negative ? -(int32_t)bytes : (int32_t)bytes;
	config->skb_data_offset_given = true;
	return 0;
}

int opts_set_stack_depth(struct config *config, const char *arg, struct err *err)
{
	int rc = util_parse_u64(arg, 1, XCAP_STACK_MAX, &config->stack_depth);

	if (rc == -EINVAL)
		return err_set(err, ERR_USAGE, "'%s' is not a number of functions", arg);
	if (rc)
		return err_set(err, ERR_USAGE, "'%s' is out of range: 1 to %d functions", arg,
			       XCAP_STACK_MAX);
	return 0;
}

int opts_set_buffer_size(struct config *config, const char *arg, struct err *err)
{
	static const struct opts_unit units[] = {
		{"", 1 << 10},	{"K", 1 << 10}, {"k", 1 << 10}, {"M", 1 << 20},
		{"m", 1 << 20}, {"G", 1 << 30}, {"g", 1 << 30},
	};
	int rc = opts_set_scaled(arg, units, UTIL_ARRAY_SIZE(units), &config->ring_bytes);

	if (rc == -EINVAL) {
		err_set(err, ERR_USAGE, "'%s' is not a size", arg);
		err_hint(err, "a number of KiB, or with a unit: 4096, 512K, 64M, 1G");
		return err->code;
	}
	if (rc || config->ring_bytes < XCAP_RING_MIN || config->ring_bytes > XCAP_RING_MAX) {
		err_set(err, ERR_USAGE, "'%s' is out of range: %uK to %uG", arg,
			XCAP_RING_MIN >> 10, XCAP_RING_MAX >> 30);
		err_hint(err, "a number without a unit is in KiB, as in tcpdump");
		return err->code;
	}
	return 0;
}

int opts_set_write(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->write_path, arg, err);
}

int opts_set_format(struct config *config, const char *arg, struct err *err)
{
	struct buf names;

	if (sink_find(arg)) {
		config->format = arg;
		return 0;
	}
	buf_init(&names);
	for (unsigned int i = 0; sink_at(i); i++)
		buf_add_fmt(&names, "%s%s", i ? ", " : "", sink_at(i)->name);
	err_set(err, ERR_USAGE, "unknown format '%s'", arg);
	err_hint(err, "formats: %s", buf_str(&names));
	buf_fini(&names);
	return err->code;
}

int opts_set_linktype(struct config *config, const char *arg, struct err *err)
{
	int link_type = packet_link_find(arg);

	if (link_type > 0) {
		config->link_type = link_type;
		return 0;
	}
	err_set(err, ERR_USAGE, "unknown link type '%s'", arg);
	err_hint(err, "link types: %s", packet_link_names());
	return err->code;
}

int opts_set_time(struct config *config, const char *arg, struct err *err)
{
	static const struct {
		const char *name;
		enum sink_time time;
	} styles[] = {
		{"none", SINK_TIME_NONE},   {"local", SINK_TIME_LOCAL}, {"epoch", SINK_TIME_EPOCH},
		{"delta", SINK_TIME_DELTA}, {"date", SINK_TIME_DATE},	{"since", SINK_TIME_SINCE},
	};

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(styles); i++)
		if (strcmp(arg, styles[i].name) == 0) {
			config->time = styles[i].time;
			config->time_given = true;
			return 0;
		}
	err_set(err, ERR_USAGE, "unknown time style '%s'", arg);
	err_hint(err, "styles: none, local, epoch, delta, date, since");
	return err->code;
}

int opts_set_duration(struct config *config, const char *arg, struct err *err)
{
	static const struct opts_unit units[] = {
		{"s", 1000000000},
		{"ms", 1000000},
		{"m", 60 * 1000000000ull},
		{"h", 3600 * 1000000000ull},
	};
	int rc = opts_set_scaled(arg, units, UTIL_ARRAY_SIZE(units), &config->duration_ns);

	if (rc == -EINVAL) {
		err_set(err, ERR_USAGE, "'%s' is not a time", arg);
		err_hint(err, "whole numbers: 5 or 5s, 500ms, 2m, 1h");
		return err->code;
	}
	/* a year and more is a typing error; timers take far more */
	if (rc || !config->duration_ns || config->duration_ns > 365 * 24 * units[3].factor)
		return err_set(err, ERR_USAGE, "'%s' is out of range: 1ms to 8760h", arg);
	return 0;
}

int opts_set_cmd(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->cmd, arg, err);
}

int opts_set_ready_file(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->ready_file, arg, err);
}

int opts_set_backend(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->backend, arg, err);
}

int opts_set_btf(struct config *config, const char *arg, struct err *err)
{
	return set_text(&config->btf_file, arg, err);
}

#define OPTS_SET_FLAG(name, statement)                                                             \
	int opts_set_##name(struct config *config, const char *arg, struct err *err)               \
	{                                                                                          \
		(void)arg;                                                                         \
		(void)err;                                                                         \
		statement;                                                                         \
		return 0;                                                                          \
	}

OPTS_SET_FLAG(skb_data, config->skb_data = true)
OPTS_SET_FLAG(fake_hdr, config->fake_hdr = true)
OPTS_SET_FLAG(track, config->track = true)
OPTS_SET_FLAG(print, config->print = true)
OPTS_SET_FLAG(quiet, config->quiet = true)
OPTS_SET_FLAG(long, config->list_long = true)
OPTS_SET_FLAG(json, config->json = true)
OPTS_SET_FLAG(stack, config->stack = true)
OPTS_SET_FLAG(stack_fold, config->stack_fold = true)
OPTS_SET_FLAG(verbose, config->verbose++)
OPTS_SET_FLAG(no_names, config->no_names = true)
OPTS_SET_FLAG(line_buffered, config->line_buffered = true)
OPTS_SET_FLAG(unbuffered, config->unbuffered = true)
OPTS_SET_FLAG(nano, config->nano = true)
OPTS_SET_FLAG(ether, config->ether = true)
OPTS_SET_FLAG(ebpf, config->as_ebpf = true)
OPTS_SET_FLAG(c, config->as_c = true)
OPTS_SET_FLAG(dry_run, config->dry_run = true)
OPTS_SET_FLAG(all, config->all = true)
OPTS_SET_FLAG(summary, config->summary = true)
OPTS_SET_FLAG(explain, config->explain = true)
OPTS_SET_FLAG(debug, config->debug = true)
OPTS_SET_FLAG(help, config->help = true)
OPTS_SET_FLAG(version, config->version = true)
