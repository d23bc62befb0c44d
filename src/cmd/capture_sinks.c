/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_sinks.c - from -w, --format, --print, --json and -q to sinks.
 */
#include "cmd/capture_sinks.h"

#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/opts_check.h"
#include "record/packet_link.h"
#include "xcap/limits.h"

static uint32_t needs(const struct sink_ops *ops, const struct config *config)
{
	if (!ops)
		return 0;
	return ops->needs | (config->verbose ? ops->needs_verbose : 0);
}

int capture_sinks_choose(const struct config *config, struct capture_sinks *sinks, struct err *err)
{
	const char *format = opts_check_format(config);
	bool to_stdout = config->write_path && strcmp(config->write_path, "-") == 0;

	memset(sinks, 0, sizeof(*sinks));
	if (format)
		sinks->file = sink_find(format);
	if (config->summary)
		sinks->text = &sink_summary_ops;
	else if (config->stack_fold)
		sinks->text = &sink_fold_ops;
	else if (opts_check_text(config))
		sinks->text = config->json ? &sink_json_ops : &sink_text_ops;
	if (to_stdout && !sinks->file->is_lines && isatty(STDOUT_FILENO)) {
		err_set(err, ERR_USAGE, "'-w -' would write %s to the terminal", format);
		err_hint(err, "redirect it, or pipe it: xcap ... -w - | tcpdump -nr -");
		return err->code;
	}
	sinks->needs = needs(sinks->file, config) | needs(sinks->text, config);
	if (config->stack)
		sinks->needs |= SINK_NEEDS_STACK;
	return 0;
}

uint32_t capture_sinks_snaplen(const struct capture_sinks *sinks, const struct config *config)
{
	if (config->snaplen_given)
		return config->snaplen;
	return sinks->needs & SINK_NEEDS_PACKET ? XCAP_SNAPLEN_MAX : XCAP_SNAPLEN_TEXT;
}

uint32_t capture_sinks_frame_snaplen(const struct capture_sinks *sinks, const struct config *config)
{
	uint32_t snaplen =
		capture_sinks_snaplen(sinks, config) + packet_link_extra(config->link_type);

	return UTIL_MIN(snaplen, XCAP_SNAPLEN_MAX);
}

bool capture_sinks_use_stdout(const struct capture_sinks *sinks, const struct config *config)
{
	return sinks->text || (sinks->file && strcmp(config->write_path, "-") == 0);
}

/* Reason and place take the probe's column where every record is a drop. */
static bool only_drops(const struct capture_info *info)
{
	for (uint32_t i = 0; i < info->n_probes; i++)
		if (!info->probes[i].is_kfree_skb)
			return false;
	return info->n_probes > 0;
}

int capture_sinks_open(const struct capture_sinks *sinks, const struct config *config,
		       const struct capture_info *info, struct pipeline *pipeline, struct err *err)
{
	struct sink_config sink = {
		.time = config->time,
		.nano = config->nano,
		.verbose = config->verbose,
		.ether = config->ether,
		.stack = config->stack,
		.drop_columns = only_drops(info),
		.journey_color = config->gather.color,
	};
	int rc = 0;

	if (sinks->file) {
		sink.path = config->write_path;
		sink.unbuffered = config->unbuffered ||
				  (config->line_buffered && strcmp(sink.path, "-") == 0);
		rc = pipeline_add(pipeline, sinks->file, &sink, info, err);
	}
	if (!rc && sinks->text) {
		sink.path = "-";
		/* a person who watches does not wait for a block to fill */
		sink.unbuffered =
			config->unbuffered || config->line_buffered || isatty(STDOUT_FILENO);
		rc = pipeline_add(pipeline, sinks->text, &sink, info, err);
	}
	return rc;
}
