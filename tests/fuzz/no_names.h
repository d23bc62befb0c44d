/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_names.h - what libpcap asks the network for stays unanswered: a fuzzer's words are no host
 * names.
 *
 * Functions, not declarations: included once, by a program's main file.
 */
#ifndef FUZZ_NO_NAMES_H
#define FUZZ_NO_NAMES_H

#include <netdb.h>
#include <stddef.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **result)
{
	(void)node;
	(void)service;
	(void)hints;
	(void)result;
	return EAI_NONAME;
}

struct netent *getnetbyname(const char *name)
{
	(void)name;
	return NULL;
}

struct hostent *gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

#endif
