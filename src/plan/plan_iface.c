/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_iface.c - what -i names, checked against the interfaces that exist now.
 *
 * A glob may name an interface that appears later; an exact name must exist in some namespace, so
 * that a typing error is not taken for a quiet network.
 */
#include "plan/plan_iface.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/util.h"
#include "kernel/kroot.h"
#include "kernel/netns.h"
#include "plan/ifmatch.h"

#define SHOWN_MAX 8 /* namespaces named in a hint */

/* One -i, taken apart. */
struct iface {
	const char *text;
	char name[128];
	const char *netns; /* in text; NULL: any */
};

static int take_apart(const char *text, struct iface *iface, struct err *err)
{
	const char *at = strrchr(text, '@');
	size_t len = at ? (size_t)(at - text) : strlen(text);

	if (at && !at[1])
		return err_set(err, ERR_USAGE, "-i '%.200s' lacks the network namespace after '@'",
			       text);
	if (!len)
		return err_set(err, ERR_USAGE, "-i '%.200s' lacks the interface", text);
	if (len >= sizeof(iface->name))
		return err_set(err, ERR_USAGE, "the interface '%.200s' is too long", text);
	iface->text = text;
	iface->netns = at ? at + 1 : NULL;
	snprintf(iface->name, sizeof(iface->name), "%.*s", (int)len, text);
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* `why` is what netns_find() said. */
static int unknown_netns(const struct iface *iface, int why, struct err *err)
{
	int code, n;
	struct dirent **entries;
	char path[512];
	struct buf text;

	if (why == -EINVAL)
		code = err_set(err, ERR_USAGE, "'%.200s' is not a network namespace", iface->netns);
	else if (why == -ENOENT)
		code = err_set(err, ERR_USAGE, "no network namespace '%.200s'", iface->netns);
	else
		return err_errno(err, ERR_UNSUPPORTED, why,
				 "cannot look at the network namespace '%.200s'", iface->netns);
	n = scandir(kroot_path(path, sizeof(path), "/run/netns"), &entries, is_visible, by_name);
	buf_init(&text);
	for (int i = 0; i < n; i++) {
		if (i < SHOWN_MAX)
			buf_add_fmt(&text, "%s'%.60s'", i ? ", " : "", entries[i]->d_name);
		free(entries[i]);
	}
	if (n > 0)
		free(entries);
	err_hint(err, "%s%s%s; 'pid:N', a path and an inode number work too",
		 n > 0 ? "there are " : "none has a name", buf_str(&text),
		 n > SHOWN_MAX ? ", ..." : "");
	buf_fini(&text);
	return code;
}

static int unknown_interface(const struct iface *iface, struct err *err)
{
	const char *netns = iface->netns;
	int code = err_set(err, ERR_USAGE, "no interface '%.200s'%s%.200s%s", iface->name,
			   netns ? " in the network namespace '" : "", netns ? netns : "",
			   netns ? "'" : "");
	size_t n = 0, found;
	/* those of our own namespace are near names for no other */
	char **names = netns ? NULL : netns_interfaces(&n);
	char near[64] = "";

	if (names && util_near_names(iface->name, (const char *const *)names, n, &found, 1))
		snprintf(near, sizeof(near), "did you mean '%.20s'? ", names[found]);
	free(names);
	err_hint(err, "%sfor one that will appear later give a glob, such as '%.100s*%s%.100s'",
		 near, iface->name, netns ? "@" : "", netns ? netns : "");
	return code;
}

/* A namespace that cannot be looked into is believed, and said. */
static int check_exists(const struct iface *iface, const char *pattern, uint32_t netns,
			const struct plan_kernel *kernel, struct err *err)
{
	bool glob = util_is_glob(pattern);
	int found;

	if (glob && !netns)
		return 0;
	found = netns_has_interface(kernel->netns, pattern, netns);
	if (found == 1 || (glob && found != -ENOENT))
		return 0;
	if (!found)
		return unknown_interface(iface, err);
	if (found == -ENOENT)
		log_note("-i %s: no process and no name that xcap can see leads to the network "
			 "namespace '%s'",
			 iface->text, iface->netns);
	else
		log_note("-i %s: whether there is such an interface cannot be told: %s",
			 iface->text, err_name(found));
	return 0;
}

static int add(const struct iface *iface, const struct plan_kernel *kernel, struct plan *plan,
	       struct err *err)
{
	const char *pattern = strcmp(iface->name, "any") ? iface->name : "*";
	uint32_t netns = 0;
	int code;

	if (iface->netns) {
		code = netns_find(kernel->netns, iface->netns, &netns);
		if (code)
			return unknown_netns(iface, code, err);
	}
	/* malformed before unknown: a name that is too long can exist nowhere */
	code = ifmatch_add(&plan->if_match, plan->config.n_if_patterns, pattern, netns, err);
	if (!code)
		code = check_exists(iface, pattern, netns, kernel, err);
	if (code)
		return code;
	plan->config.n_if_patterns++;
	return 0;
}

int plan_iface(const struct plan_request *request, const struct plan_kernel *kernel,
	       struct plan *plan, struct err *err)
{
	bool any = false;

	for (uint32_t i = 0; i < request->n_interfaces; i++) {
		struct iface iface;
		int code = take_apart(request->interfaces[i], &iface, err);

		if (code)
			return code;
		if (!iface.netns && !strcmp(iface.name, "any")) {
			any = true;
			continue;
		}
		code = add(&iface, kernel, plan, err);
		if (code)
			return code;
	}
	if (!any)
		return 0;
	if (plan->config.n_if_patterns)
		log_note("-i any takes in every other -i");
	memset(&plan->if_match, 0, sizeof(plan->if_match));
	plan->config.n_if_patterns = 0;
	return 0;
}
