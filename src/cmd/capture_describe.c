/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_describe.c - filling struct capture_info.
 */
#include "cmd/capture_describe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cmd/command_line.h"
#include "kernel/netns.h"

#define NAMED_MAX 3 /* probes that a note names */

int capture_describe_init(struct capture_describe *describe, const struct config *config,
			  const struct plan *plan, const struct plan_kernel *kernel,
			  const struct session *session, struct err *err)
{
	struct capture_info *info = &describe->info;
	struct utsname os = {0};

	memset(describe, 0, sizeof(*describe));
	buf_init(&describe->command_line);
	command_line_quote(&describe->command_line, config->argc, config->argv);
	describe->probes = calloc(plan->n_probes, sizeof(*describe->probes));
	info->command_line = buf_str(&describe->command_line);
	if (!describe->probes || buf_failed(&describe->command_line)) {
		capture_describe_fini(describe);
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot describe the capture");
	}
	for (uint32_t i = 0; i < plan->n_probes; i++) {
		int mechanism = session_mechanism(session, i);

		describe->probes[i] = (struct capture_probe){
			.spec = plan->probes[i].spec,
			.name = plan->probes[i].name,
			.mechanism = mechanism < 0 ? NULL : plan_mechanism_name(mechanism),
			.is_kfree_skb = plan->probes[i].config.is_kfree_skb,
			.named = config->n_probes && !plan->probes[i].of_many &&
				 !plan->probes[i].is_added,
			.is_goal = plan->probes[i].is_goal,
			.is_added = plan->probes[i].is_added,
		};
	}
	uname(&os);
	snprintf(describe->os, sizeof(describe->os), "%s %s %s", os.sysname, os.release,
		 os.machine);
	info->probes = describe->probes;
	info->n_probes = plan->n_probes;
	info->link_type = config->link_type ? config->link_type : CAPTURE_LINK_EN10MB;
	info->snaplen = plan->config.snaplen;
	info->filter = plan->filter_text;
	info->os = describe->os;
	info->version = "xcap " XCAP_VERSION;
	info->track = plan->config.track;
	info->ifname_width = netns_ifname_width(kernel->netns);
	return 0;
}

void capture_describe_fini(struct capture_describe *describe)
{
	free(describe->probes);
	buf_fini(&describe->command_line);
	memset(describe, 0, sizeof(*describe));
}

static bool is_first_of_its_kind(const struct capture_info *info, uint32_t probe)
{
	const char *mechanism = info->probes[probe].mechanism;

	if (!mechanism)
		return false;
	for (uint32_t i = 0; i < probe; i++)
		if (info->probes[i].mechanism && strcmp(info->probes[i].mechanism, mechanism) == 0)
			return false;
	return true;
}

void capture_describe_probes(const struct capture_describe *describe, struct buf *out)
{
	const struct capture_info *info = &describe->info;
	const char *separator = " (";
	uint32_t n = 0;

	for (uint32_t i = 0; i < info->n_probes; i++)
		n += info->probes[i].mechanism != NULL;
	buf_add_fmt(out, "%u probe%s", n, n == 1 ? "" : "s");
	for (uint32_t i = 0; i < info->n_probes; i++)
		if (is_first_of_its_kind(info, i)) {
			buf_add_fmt(out, "%s%s", separator, info->probes[i].mechanism);
			separator = ", ";
		}
	if (n)
		buf_add_char(out, ')');
}

void capture_describe_linear_only(const struct plan *plan, const struct session *session,
				  struct buf *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < plan->n_probes; i++) {
		if (session_mechanism(session, i) < 0 || plan->probes[i].config.given ||
		    session_reads_pages(session, i))
			continue;
		if (n++ < NAMED_MAX)
			buf_add_fmt(out, "%s%s", n > 1 ? ", " : "", plan->probes[i].spec);
	}
	if (n > NAMED_MAX)
		buf_add_fmt(out, " and %u more", n - NAMED_MAX);
}
