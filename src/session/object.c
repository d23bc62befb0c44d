/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.c - from the embedded ELF to maps and templates: what the plan says of both.
 */
#include "session/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/feature.h"
#include "session/inject.h"
#include "session/object_load.h"
#include "xcap/chain.h"
#include "xcap/config.h"
#include "xcap/event.h"
#include "xcap/ring.h"
#include "xcap.skel.h"

static bool has_exit_probes(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (plan->probes[i].is_exit)
			return true;
	return false;
}

/* Two rows per packet where the skb's address is one. */
static int configure_track(struct object *object, const struct plan *plan)
{
	struct xcap_bpf *skel = object->skel;
	bool exact = plan->config.track == XCAP_TRACK_EXACT;
	int rc;

	if (!plan->config.track)
		return 0;
	rc = bpf_map__set_max_entries(skel->maps.heads,
				      exact ? plan->track_max : 2 * plan->track_max);
	if (!rc && exact)
		rc = bpf_map__set_max_entries(skel->maps.shared, plan->track_max);
	if (!rc && exact)
		rc = bpf_map__set_max_entries(skel->maps.frames, XCAP_KEPT_MAX);
	return rc;
}

/* Our own ring, and the kernel's, which is then the bell beside it. */
static int configure_ring(struct object *object, const struct plan *plan)
{
	struct xcap_bpf *skel = object->skel;
	struct xcap_config *config = &skel->rodata->cfg;
	int rc;

	if (!config->own_ring)
		return bpf_map__set_max_entries(skel->maps.ring, plan->ring_bytes);
	if (getrandom(&config->ring_key, sizeof(config->ring_key), 0) < 0)
		return -errno;
	rc = bpf_map__set_max_entries(skel->maps.ring, sysconf(_SC_PAGESIZE));
	return rc ? rc
		  : bpf_map__set_value_size(skel->maps.memory, sizeof(struct xcap_ring) +
								       plan->ring_bytes +
								       XCAP_RING_SPILL);
}

static int configure(struct object *object, const struct plan *plan)
{
	struct xcap_bpf *skel = object->skel;
	int rc;

	skel->rodata->cfg = plan->config;
	skel->rodata->cfg.n_cpus = object->n_cpus;
	skel->rodata->cfg.by_address = object->by_address;
	skel->rodata->if_match = plan->if_match;
	skel->rodata->chain_layout = plan->chains.layout;
	rc = configure_ring(object, plan);
	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.probes, plan->n_probes);
	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.counters, object->n_cpus * plan->n_probes);
	if (!rc && object->by_address)
		rc = bpf_map__set_max_entries(skel->maps.cookies, plan->n_probes);
	if (!rc && has_exit_probes(plan))
		rc = bpf_map__set_max_entries(skel->maps.kept, XCAP_KEPT_MAX);
	if (!rc)
		rc = configure_track(object, plan);
	if (!rc && plan->chains.n)
		rc = bpf_map__set_max_entries(skel->maps.chain_names, XCAP_CHAIN_MAX);
	return rc;
}

static int map_counters(struct object *object, const struct plan *plan)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)object->n_cpus * plan->n_probes * sizeof(struct xcap_counters);
	void *p;

	bytes = (bytes + page - 1) / page * page;
	p = mmap(NULL, bytes, PROT_READ, MAP_SHARED, bpf_map__fd(object->skel->maps.counters), 0);
	if (p == MAP_FAILED)
		return -errno;
	object->counters = p;
	object->counters_bytes = bytes;
	return 0;
}

/* All rows by one call (Linux 5.6): there may be thousands. */
static int fill_probes(struct object *object, const struct plan *plan)
{
	struct xcap_probe *rows = calloc(plan->n_probes, sizeof(*rows));
	uint32_t *keys = calloc(plan->n_probes, sizeof(*keys));
	__u32 n = plan->n_probes;
	int rc = -ENOMEM;

	for (uint32_t i = 0; rows && keys && i < n; i++) {
		rows[i] = plan->probes[i].config;
		keys[i] = i;
	}
	if (rows && keys)
		rc = bpf_map_update_batch(bpf_map__fd(object->skel->maps.probes), keys, rows, &n,
					  NULL);
	free(rows);
	free(keys);
	return rc;
}

/* The packet filter into the templates that came last. */
static int inject_new(struct object *object, const struct plan *plan, const bool *is_new,
		      struct err *err)
{
	struct cbpf2ebpf_code code = {};
	int rc;

	if (!plan->filter.len)
		return 0;
	rc = cbpf2ebpf_translate(&plan->filter, &inject_layout, &code, err);
	for (int i = 0; i < PLAN_MECHANISMS && !rc; i++)
		if (is_new[i] && !plan_mechanism_is_exit(i))
			rc = inject_filter(&object->templates[i], &code, err);
	if (!rc)
		log_debug("filter: %u classic instructions, %u translated, %u of %u bounds checks "
			  "needed",
			  plan->filter.len, code.len, code.guards - code.guards_elided,
			  code.guards);
	cbpf2ebpf_free(&code);
	return rc;
}

static int load_failed(struct err *err, int code, const struct plan *plan)
{
	err_errno(err, code == -EPERM || code == -EACCES ? ERR_UNSUPPORTED : ERR_FAILED, code,
		  "cannot create the BPF maps and programs");
	if (code == -EPERM)
		err_hint(err,
			 "run as root, or see 'xcap check' for the capabilities that are missing; "
			 "before "
			 "Linux 5.11 the memlock limit must allow %llu KiB (ulimit -l)",
			 (unsigned long long)plan->ring_bytes / 1024 + 1024);
	else if (code == -EINVAL && geteuid() != 0)
		/* libbpf before 1.4 has to look into modules for kfuncs that the kernel lacks */
		err_hint(err, "before Linux 6.4 it takes CAP_SYS_ADMIN as well, or root; --debug "
			      "shows what libbpf says");
	else if (code == -ENOMEM)
		err_hint(err, "ask for a smaller ring: -B 1M");
	else
		err_hint(err, "--debug shows what libbpf says");
	return err->code;
}

int object_open(struct object *object, const struct plan *plan, const struct kbtf *types,
		bool has_cookies, struct err *err)
{
	bool is_new[PLAN_MECHANISMS];
	int rc;

	feature_raise_memlock();
	object->has_cookies = has_cookies;
	object->by_address = !has_cookies;
	object->n_cpus = libbpf_num_possible_cpus();
	rc = object_load(object, plan, types, configure);
	if (!rc)
		rc = fill_probes(object, plan);
	if (!rc)
		rc = map_counters(object, plan);
	if (rc)
		return load_failed(err, rc, plan);
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		is_new[i] = object->templates[i].insns;
	return inject_new(object, plan, is_new, err);
}

int object_need(struct object *object, const struct plan *plan, const struct kbtf *types,
		const struct plan_probe *probe, enum plan_mechanism mechanism, struct err *err)
{
	enum plan_mechanism source = object_load_source(object, probe, mechanism);
	bool added[PLAN_MECHANISMS] = {false};

	if (object->templates[source].insns)
		return 0;
	if (!object->more_tried) {
		object->more_tried = true;
		object->more_code = object_load_more(object, plan, types, added);
		log_debug("a ladder falls to %s: the programs of all lower rungs are relocated: %s",
			  plan_mechanism_name(mechanism),
			  object->more_code ? err_name(object->more_code) : "done");
		if (!object->more_code && inject_new(object, plan, added, err))
			return object->more_code = err->code;
	}
	if (object->more_code || !object->templates[source].insns)
		return err_errno(err, ERR_FAILED, object->more_code ? object->more_code : -ENOENT,
				 "cannot relocate the program of %s",
				 plan_mechanism_name(mechanism));
	return 0;
}

void object_close(struct object *object)
{
	if (object->counters)
		munmap((void *)object->counters, object->counters_bytes);
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		template_fini(&object->templates[i]);
	for (int i = 0; i < 2; i++)
		template_fini(&object->track[i]);
	template_fini(&object->chain);
	if (object->more)
		xcap_bpf__destroy(object->more);
	if (object->skel)
		xcap_bpf__destroy(object->skel);
	memset(object, 0, sizeof(*object));
}

void object_enable(struct object *object, bool enabled)
{
	__atomic_store_n(&object->skel->bss->enabled, enabled, __ATOMIC_SEQ_CST);
}

uint32_t object_kept(const struct object *object)
{
	int fd = bpf_map__fd(object->skel->maps.kept);
	uint64_t key[2]; /* struct keep_key */
	uint32_t n = 0;

	for (void *at = NULL; n < XCAP_KEPT_MAX && !bpf_map_get_next_key(fd, at, key); at = key)
		n++;
	return n;
}

struct ring_source object_ring(const struct object *object)
{
	const struct xcap_config *config = &object->skel->rodata->cfg;

	return (struct ring_source){
		.fd = bpf_map__fd(object->skel->maps.ring),
		.memory_fd = config->own_ring ? bpf_map__fd(object->skel->maps.memory) : -1,
		.key = config->ring_key,
	};
}

int object_track_fd(const struct object *object)
{
	return bpf_map__fd(object->skel->maps.heads);
}

uint32_t object_track_rows(const struct object *object)
{
	return bpf_map__max_entries(object->skel->maps.heads);
}

const struct xcap_track_counts *object_track_counts(const struct object *object)
{
	return &object->skel->bss->track_counts;
}

int object_chain_fd(const struct object *object)
{
	return bpf_map__fd(object->skel->maps.chain_names);
}

int object_tell_cookie(const struct object *object, uint64_t address, uint64_t cookie)
{
	return bpf_map_update_elem(bpf_map__fd(object->skel->maps.cookies), &address, &cookie,
				   BPF_ANY);
}
