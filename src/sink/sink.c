/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink.c - the table of sinks: what --format and --help know.
 */
#include "sink/sink.h"

#include <string.h>

#include "base/util.h"

static const struct sink_ops *const table[] = {
	&sink_text_ops, &sink_pcapng_ops, &sink_pcap_ops, &sink_json_ops, &sink_fold_ops,
};

const struct sink_ops *sink_at(unsigned int i)
{
	return i < UTIL_ARRAY_SIZE(table) ? table[i] : NULL;
}

const struct sink_ops *sink_find(const char *name)
{
	for (unsigned int i = 0; i < UTIL_ARRAY_SIZE(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}
