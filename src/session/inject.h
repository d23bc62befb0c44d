/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.h - the translated packet filter in place of the placeholder's body. Pure.
 */
#ifndef SESSION_INJECT_H
#define SESSION_INJECT_H

#include "base/err.h"
#include "filter/cbpf2ebpf.h"
#include "session/template.h"

/* Where the translated code finds its context: struct xcap_filter_ctx and struct xcap_packet. */
extern const struct cbpf2ebpf_layout inject_layout;

/*
 * Replace the body of xcap_filter() in t by `code`, point its far loads at xcap_load(), and keep
 * calls, callbacks, func_info and line_info right. ERR_FAILED if the template has no such
 * functions.
 */
int inject_filter(struct template *t, const struct cbpf2ebpf_code *code, struct err *err);

#endif
