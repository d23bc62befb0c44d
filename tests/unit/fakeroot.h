/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fakeroot.h - a temporary folder that stands for / in unit tests: $XCAP_KROOT points to it.
 */
#ifndef TESTS_FAKEROOT_H
#define TESTS_FAKEROOT_H

#include <stddef.h>

/* Make the folder and set XCAP_KROOT; 0, or -1 and a message. For cmocka's setup and teardown. */
int fakeroot_setup(void **state);
int fakeroot_teardown(void **state);

/* Write a file below it, with its folders; fails the test if it cannot. */
void fakeroot_write(const char *path, const void *data, size_t len);
void fakeroot_write_text(const char *path, const char *text);

/* A symbolic link below it to a place outside. */
void fakeroot_link(const char *path, const char *to);

#endif
