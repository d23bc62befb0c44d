/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_scene.h - one run of a translated filter, played with all checks, and counted.
 *
 * xcap_load() is played here, and must be asked only for bytes that are in the packet, not in the
 * window, and needed. A check that fails ends the test.
 */
#ifndef UNIT_FILTER_SCENE_H
#define UNIT_FILTER_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/cbpf.h"
#include "filter/cbpf2ebpf.h"
#include "filter_data.h"

struct filter_scene_count {
	unsigned long verdicts, accepted, undecided, loads, failed;
};

extern const struct cbpf2ebpf_layout filter_scene_layout;
extern const struct cbpf_meta filter_scene_meta;

void filter_scene_start_count(void);
const struct filter_scene_count *filter_scene_get_count(void);
void filter_scene_print_count(const char *what);

/* Must succeed; `what` names the filter if not. */
void filter_scene_translate(const char *what, const struct cbpf_prog *prog,
			    struct cbpf2ebpf_code *code);

/* The verdict with `cap_len` bytes at hand, `valid` of them in the window. */
uint64_t filter_scene_play(const struct cbpf_prog *prog, const struct cbpf2ebpf_code *code,
			   const uint8_t *packet, uint32_t wire_len, uint32_t cap_len,
			   uint32_t valid);

/* True for programs that libpcap's bpf_filter() cannot run. */
bool filter_scene_uses_meta(const struct cbpf_prog *prog);

/*
 * The verdict with `cap_len` bytes at hand, `valid` of them in the window, must be libpcap's, and
 * cbpf_run()'s; UNDECIDED is counted.
 */
void filter_scene_check(const char *what, const struct cbpf_prog *prog,
			const struct cbpf2ebpf_code *code, const struct filter_packet *p,
			uint32_t cap_len, uint32_t valid);

/* xcap_load() gives `failure` a little beyond `valid`: that is the verdict iff it was asked. */
void filter_scene_check_failing(const char *what, const struct cbpf_prog *prog,
				const struct cbpf2ebpf_code *code, const struct filter_packet *p,
				uint32_t valid, int64_t failure);

#endif
