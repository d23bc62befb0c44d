/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record.c - what fields of a record mean in words, said once for text and files.
 */
#include "record/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define ERRNO_MAX 4095 /* the kernel's MAX_ERRNO: from -1 down to here it is an error code */

/*
 * The register, as the signed number it stands for: a function that returns an int leaves zeros in
 * the upper half, or whatever the sign gives.
 */
static int64_t signed_value(uint64_t ret)
{
	if (ret >> 32 == 0 && (int32_t)ret < 0 && (int32_t)ret >= -ERRNO_MAX)
		return (int32_t)ret;
	return (int64_t)ret;
}

struct record_return record_return(const struct record *record)
{
	int64_t value = signed_value(record->ret);
	struct record_return ret = {.error = NULL};

	/* what is larger is an address or a set of bits */
	if (value >= INT32_MIN && value <= INT32_MAX)
		snprintf(ret.text, sizeof(ret.text), "%" PRId64, value);
	else
		snprintf(ret.text, sizeof(ret.text), "0x%" PRIx64, record->ret);
	if (value < 0 && value >= -ERRNO_MAX)
		ret.error = strerrorname_np(-value);
	return ret;
}

const char *record_context(const struct record *record)
{
	static const char *const names[] = {
		[XCAP_CTX_TASK] = "task",
		[XCAP_CTX_SOFTIRQ] = "softirq",
		[XCAP_CTX_HARDIRQ] = "hardirq",
		[XCAP_CTX_NMI] = "nmi",
	};

	return record->context < UTIL_ARRAY_SIZE(names) ? names[record->context] : NULL;
}

const char *record_sk_state(const struct record *record)
{
	/* net/tcp_states.h */
	static const char *const names[] = {
		NULL,	      "ESTAB",	   "SYN-SENT",	   "SYN-RECV",	 "FIN-WAIT-1",
		"FIN-WAIT-2", "TIME-WAIT", "UNCONN",	   "CLOSE-WAIT", "LAST-ACK",
		"LISTEN",     "CLOSING",   "NEW-SYN-RECV",
	};

	return record->sk_state < UTIL_ARRAY_SIZE(names) ? names[record->sk_state] : NULL;
}

const char *record_rebuilt(const struct record *record)
{
	static const char *const names[] = {
		[0] = "",
		[XCAP_REBUILT_IP] = "ip",
		[XCAP_REBUILT_TCP] = "tcp",
		[XCAP_REBUILT_IP | XCAP_REBUILT_TCP] = "ip,tcp",
		[XCAP_REBUILT_UDP] = "udp",
		[XCAP_REBUILT_IP | XCAP_REBUILT_UDP] = "ip,udp",
	};

	return record->rebuilt < UTIL_ARRAY_SIZE(names) ? names[record->rebuilt] : "?";
}
