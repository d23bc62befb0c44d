/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_kernel.c - opening the kernel layer for a capture.
 */
#include "cmd/capture_kernel.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/phase.h"
#include "kernel/feature.h"
#include "kernel/kbtf.h"
#include "kernel/netns.h"
#include "kernel/tracepoint.h"

static void *read_symbols(void *arg)
{
	struct capture_kernel *kernel = arg;

	err_clear(&kernel->reader_err);
	if (symbol_open(&kernel->symbols, kernel->btf, &kernel->reader_err))
		kernel->symbols = NULL;
	return NULL;
}

void capture_kernel_read_ahead(struct capture_kernel *kernel)
{
	kernel->is_reading = !pthread_create(&kernel->reader, NULL, read_symbols, kernel);
}

static void await_symbols(struct capture_kernel *kernel)
{
	if (kernel->is_reading)
		pthread_join(kernel->reader, NULL);
	else
		read_symbols(kernel);
	kernel->is_reading = false;
}

static struct symbol_table *symbols(void *arg)
{
	struct capture_kernel *kernel = arg;
	uint64_t begin_ns;

	if (!kernel->is_reading && (kernel->symbols || kernel->symbols_failed))
		return kernel->symbols;
	begin_ns = phase_begin();
	await_symbols(kernel);
	phase_end("symbols", begin_ns);
	if (!kernel->symbols) {
		kernel->symbols_failed = true;
		log_warning("%s; places in the kernel are shown as addresses",
			    kernel->reader_err.msg);
	}
	return kernel->symbols;
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
	kernel->plan.symbols = symbols;
	kernel->plan.symbols_arg = kernel;
	return 0;
fail:
	capture_kernel_close(kernel);
	return rc;
}

void capture_kernel_close(struct capture_kernel *kernel)
{
	if (kernel->is_reading)
		await_symbols(kernel);
	symbol_close(kernel->symbols);
	if (kernel->plan.netns)
		netns_close(kernel->plan.netns);
	tracepoint_close(kernel->tracepoints);
	if (kernel->plan.features)
		feature_free(kernel->plan.features);
	kbtf_close(kernel->btf);
}
