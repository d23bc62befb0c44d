/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * embedded.h - what is read and written in the BPF object's ELF file before libbpf gets it.
 *
 * The file is a part of our own, made by the build for this machine: it is not checked as one that
 * somebody else brings would have to be.
 */
#ifndef SESSION_EMBEDDED_H
#define SESSION_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct embedded_section {
	char *data; /* NULL: there is none */
	size_t size;
};

struct embedded_section embedded_find(const char *elf, const char *name);

/*
 * From .BTF.ext: set roots[id] for each of the object's types (n, with void) that a relocation
 * begins with. False: it does not say, and nothing is set that could be relied on.
 */
bool embedded_roots(const struct embedded_section *btf_ext, bool *roots, uint32_t n);

/*
 * In .BTF.ext: which lines of source the instructions are of. That is a third of the object, which
 * libbpf takes along for each program, and which the kernel looks through at each load, while only
 * a verifier's log shows it. What is changed is our own copy of the page that tells their number; a
 * failure costs time alone.
 */
void embedded_drop_lines(const struct embedded_section *btf_ext);

#endif
