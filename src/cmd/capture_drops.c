/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_drops.c - benign drops and counters of losses, for the time of a capture.
 */
#include "cmd/capture_drops.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "kernel/netcount.h"
#include "kernel/netns.h"

/* xcap's own namespace, and those that -i names. */
static void add_namespaces(struct capture_drops *drops, const struct plan *plan,
			   struct netns_table *netns)
{
	for (uint32_t i = 0; i < plan->config.n_if_patterns; i++) {
		uint32_t inode = plan->if_match.netns[i];
		int code = inode ? netcount_add(drops->counters, netns, inode) : 0;

		if (code)
			log_note("counters of losses in the network namespace '%s' are not "
				 "read: %s",
				 netns_name(netns, inode), err_name(code));
	}
}

int capture_drops_init(struct capture_drops *drops, const struct config *config,
		       const struct plan *plan, const struct plan_kernel *kernel, struct err *err)
{
	const struct drops_config wanted = {.all = config->all, .explain = config->explain};

	memset(drops, 0, sizeof(*drops));
	if (!config->drop)
		return 0;
	drops->drops = drops_new(&wanted);
	drops->counters = netcount_new();
	if (!drops->drops || !drops->counters)
		return err_errno(err, ERR_FAILED, errno, "cannot prepare the capture");
	add_namespaces(drops, plan, kernel->netns);
	return 0;
}

void capture_drops_print(const struct capture_drops *drops, FILE *out)
{
	if (!drops->drops)
		return;
	drops_print_hidden(drops->drops, out);
	netcount_print(drops->counters, out);
	drops_print_advice(drops->drops, out);
	fflush(out);
}

void capture_drops_fini(struct capture_drops *drops)
{
	drops_free(drops->drops);
	netcount_free(drops->counters);
	memset(drops, 0, sizeof(*drops));
}
