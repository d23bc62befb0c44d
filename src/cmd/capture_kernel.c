/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_kernel.c - opening the kernel layer for a capture.
 */
#include "cmd/capture_kernel.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/log.h"
#include "base/phase.h"
#include "kernel/feature.h"
#include "kernel/kbtf.h"
#include "kernel/netns.h"
#include "kernel/tracepoint.h"

static void want(void *arg, const char *name)
{
	symbol_wanted_add(arg, name);
}

/* NULL where it fails: then all symbols are read, and what is wrong is said. */
static void *read_functions(void *arg)
{
	struct capture_kernel *kernel = arg;
	struct err ignored;

	err_clear(&ignored);
	if (symbol_open_wanted(&kernel->functions, &kernel->symbol_source, &kernel->wanted,
			       &ignored))
		kernel->functions = NULL;
	return NULL;
}

/* Another processor reads them while this one goes on; where there is none, they cost the same when
 * they are asked for. */
static bool has_other_cpu(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) || CPU_COUNT(&cpus) > 1;
}

/* False: there is nothing to read. */
static bool want_functions(struct capture_kernel *kernel)
{
	kernel->functions_tried = true;
	return !kbtf_name_each_skb(kernel->btf, want, &kernel->wanted);
}

void capture_kernel_read_ahead(struct capture_kernel *kernel)
{
	if (has_other_cpu() && want_functions(kernel))
		kernel->is_reading = !pthread_create(&kernel->reader, NULL, read_functions, kernel);
	kernel->functions_tried = kernel->is_reading;
}

static struct symbol_table *functions(struct capture_kernel *kernel)
{
	uint64_t begin_ns;

	if (!kernel->is_reading && kernel->functions_tried)
		return kernel->functions;
	begin_ns = phase_begin();
	if (kernel->is_reading)
		pthread_join(kernel->reader, NULL);
	else if (want_functions(kernel))
		read_functions(kernel);
	kernel->is_reading = false;
	phase_end("functions", begin_ns);
	return kernel->functions;
}

static struct symbol_table *symbols(void *arg)
{
	struct capture_kernel *kernel = arg;
	uint64_t begin_ns;
	struct err err;

	if (kernel->symbols || kernel->symbols_failed)
		return kernel->symbols;
	if (!kernel->is_reading && kernel->functions && symbol_is_whole(kernel->functions)) {
		kernel->symbols = kernel->functions;
		kernel->functions = NULL;
		return kernel->symbols;
	}
	begin_ns = phase_begin();
	err_clear(&err);
	if (symbol_open(&kernel->symbols, &kernel->symbol_source, &err)) {
		kernel->symbols = NULL;
		kernel->symbols_failed = true;
		log_warning("%s; places in the kernel are shown as addresses", err.msg);
	} else if (!kernel->is_reading) {
		symbol_close(kernel->functions);
		kernel->functions = NULL;
	}
	phase_end("symbols", begin_ns);
	return kernel->symbols;
}

static struct symbol_table *symbols_of(void *arg, const char *name)
{
	struct capture_kernel *kernel = arg;
	struct symbol_table *table = kernel->symbols ? kernel->symbols : functions(kernel);

	return table && symbol_covers(table, name) ? table : symbols(kernel);
}

/* Tried before anything else: what follows would fail with a stranger message. */
static int check_features(struct feature_set *features, struct err *err)
{
	static const enum feature needed[] = {FEATURE_BPF, FEATURE_RINGBUF};
	char why[256];

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const struct feature_info *info = feature_describe(needed[i]);

		why[0] = '\0';
		if (feature_has(features, needed[i], why, sizeof(why)))
			continue;
		err_set(err, ERR_UNSUPPORTED, "cannot capture here: %s: %s", info->name, why);
		err_hint(err, "%s", feature_remedy(features, needed[i]));
		return err->code;
	}
	return 0;
}

int capture_kernel_open(struct capture_kernel *kernel, const char *btf_file, struct err *err)
{
	uint64_t begin_ns;
	int rc;

	memset(kernel, 0, sizeof(*kernel));
	feature_raise_memlock();
	begin_ns = phase_begin();
	rc = btf_file ? kbtf_open_file(&kernel->btf, btf_file, err) : kbtf_open(&kernel->btf, err);
	phase_end("BTF", begin_ns);
	if (rc)
		return rc;
	kernel->plan.btf = kernel->btf;
	/* what the kernel can do is tried with its own types, if it has any */
	kernel->plan.features = feature_new(kbtf_is_foreign(kernel->btf) ? NULL : kernel->btf);
	if (!kernel->plan.features) {
		rc = err_errno(err, ERR_FAILED, errno, "cannot find out what this kernel can do");
		goto fail;
	}
	rc = check_features(kernel->plan.features, err);
	if (rc)
		goto fail;
	kernel->tracepoints = tracepoint_open();
	kernel->plan.tracepoints = kernel->tracepoints;
	kernel->plan.netns = netns_open();
	if (!kernel->tracepoints || !kernel->plan.netns) {
		rc = err_errno(err, ERR_FAILED, errno, "cannot read tracepoints and namespaces");
		goto fail;
	}
	symbol_source_find(&kernel->symbol_source, kernel->btf);
	kernel->plan.symbols = symbols;
	kernel->plan.symbols_of = symbols_of;
	kernel->plan.symbols_arg = kernel;
	return 0;
fail:
	capture_kernel_close(kernel);
	return rc;
}

void capture_kernel_close(struct capture_kernel *kernel)
{
	if (kernel->is_reading)
		pthread_join(kernel->reader, NULL);
	symbol_close(kernel->functions);
	symbol_close(kernel->symbols);
	if (kernel->plan.netns)
		netns_close(kernel->plan.netns);
	tracepoint_close(kernel->tracepoints);
	if (kernel->plan.features)
		feature_free(kernel->plan.features);
	kbtf_close(kernel->btf);
}
