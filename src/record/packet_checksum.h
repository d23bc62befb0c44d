/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet_checksum.h - the checksums of headers that xcap rebuilt.
 *
 * In the kernel they would cost a walk over the packet; a file needs them, or its readers call the
 * packet damaged. Headers that were real are left as they are.
 */
#ifndef RECORD_PACKET_CHECKSUM_H
#define RECORD_PACKET_CHECKSUM_H

#include <stdint.h>

/*
 * `frame` is Ethernet, cap_len of len bytes; `rebuilt` is enum xcap_rebuilt. The sum of an IPv4
 * header is filled in where all of it is there, that of TCP and UDP only where the whole packet is:
 * otherwise it stays 0.
 */
void packet_checksum_fill(uint8_t *frame, uint32_t cap_len, uint32_t len, uint8_t rebuilt);

#endif
