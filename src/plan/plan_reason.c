/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_reason.c - the numbers of --reason. They differ from kernel to kernel, so the kernel's own
 * types are asked; those of modules too, where the kernel itself does not know the name.
 */
#include "plan/plan_reason.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kernel/kbtf.h"

/* Reasons that hold the word, as NO_SOCKET has 'socket', or else are spelled nearly so. */
static void hint_reason(struct kbtf *kbtf, const char *word, struct err *err)
{
	const char **names = NULL, *name;
	size_t n = 0, found[2], n_found;
	char upper[64] = "";

	for (size_t i = 0; i < sizeof(upper) - 1 && word[i]; i++)
		upper[i] = toupper((unsigned char)word[i]);
	while ((name = kbtf_drop_reason_at(kbtf, n))) {
		const char **more = realloc(names, (n + 1) * sizeof(*names));

		if (!more)
			break;
		names = more;
		names[n++] = name;
	}
	n_found = util_near_names(upper, names, n, found, 2);
	for (size_t i = 0; i < n && !n_found; i++)
		if (strlen(upper) > 2 && strstr(names[i], upper))
			found[n_found++] = i;
	if (n_found == 2)
		err_hint(err, "did you mean '%s' or '%s'?", names[found[0]], names[found[1]]);
	else if (n_found)
		err_hint(err, "did you mean '%s'?", names[found[0]]);
	else
		err_hint(err, "'xcap drop' without --reason shows the names of those that occur");
	free(names);
}

int plan_reason_find(struct kbtf *kbtf, const char *option, const char *name, uint32_t *reason,
		     struct err *err)
{
	int code = kbtf ? kbtf_find_drop_reason(kbtf, name, reason) : -EOPNOTSUPP;

	if (!code)
		return 0;
	if (code == -EOPNOTSUPP) {
		err_set(err, ERR_UNSUPPORTED,
			"%s '%s': this kernel gives no reasons for drops (5.17 and later do)",
			option, name);
		err_hint(err, "without %s the place of each drop is shown", option);
		return err->code;
	}
	err_set(err, ERR_USAGE, "%s '%s': this kernel has no such reason", option, name);
	hint_reason(kbtf, name, err);
	return err->code;
}

int plan_reason(const struct plan_request *request, const struct plan_kernel *kernel,
		struct plan *plan, struct err *err)
{
	if (request->n_reasons > XCAP_REASONS)
		return err_set(err, ERR_USAGE, "--reason: %u names, and %d are the most",
			       request->n_reasons, XCAP_REASONS);
	for (uint32_t i = 0; i < request->n_reasons; i++) {
		int code = plan_reason_find(kernel->btf, "--reason", request->reasons[i],
					    &plan->config.reasons[i], err);

		if (code)
			return code;
	}
	plan->config.n_reasons = request->n_reasons;
	return 0;
}

int plan_reason_check(const struct plan_request *request, const struct plan *plan, struct err *err)
{
	for (uint32_t i = 0; request->n_reasons && i < plan->n_probes; i++) {
		if (plan->probes[i].config.is_kfree_skb)
			continue;
		err_set(err, ERR_USAGE, "--reason '%s': packets have no reason at '%s'",
			request->reasons[0], plan->probes[i].spec);
		err_hint(err, "-f skb:kfree_skb alone, or xcap drop");
		return err->code;
	}
	return 0;
}
