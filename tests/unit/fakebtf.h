/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fakebtf.h - made-up types of a kernel and its modules, below the fake root of fakeroot.h.
 *
 * Every function fails the test if libbpf refuses.
 */
#ifndef TESTS_FAKEBTF_H
#define TESTS_FAKEBTF_H

#include <stdint.h>

#include <bpf/btf.h>

#include "kernel/kbtf.h"

/* The ids of the types that most functions are made of. */
struct fakebtf {
	struct btf *btf;
	int int_, skb, skb_ptr, const_skb_ptr, void_ptr;
};

/* The id, which must be one. */
int fakebtf_ok(int id);

void fakebtf_begin(struct fakebtf *t);

/* Arguments are pairs of name and type id, ended by a NULL name. Returns the id. */
int fakebtf_add_function(struct btf *btf, const char *name, int returns, ...);
int fakebtf_add_tracepoint(struct btf *btf, const char *name, ...);

/* Members are pairs of name and value, ended by a NULL name. */
void fakebtf_add_enum(struct btf *btf, const char *name, ...);

void fakebtf_write(const struct btf *btf, const char *path);

/* A module with a function (n, skb) and, unless NULL, a tracepoint (skb), on top of t's types. */
void fakebtf_write_module(const struct fakebtf *t, const char *path, const char *function,
			  const char *tracepoint);

/* Write the types and open them; t->btf stays open as the base of modules. */
struct kbtf *fakebtf_open(struct fakebtf *t);
void fakebtf_close(struct fakebtf *t, struct kbtf *kbtf);

#endif
