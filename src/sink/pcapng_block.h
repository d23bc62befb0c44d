/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_block.h - blocks of the pcapng format, built in a buffer.
 *
 * The format is draft-ietf-opsawg-pcapng; "section" in comments is a section of it. A block is
 * begun, filled with its fixed fields, then with options, then ended; numbers are in this machine's
 * byte order, which the section header declares (section 4.1). Used by the pcapng sink.
 */
#ifndef SINK_PCAPNG_BLOCK_H
#define SINK_PCAPNG_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Block types, section 4. */
enum pcapng_block_type {
	PCAPNG_BLOCK_IDB = 1,
	PCAPNG_BLOCK_ISB = 5,
	PCAPNG_BLOCK_EPB = 6,
	PCAPNG_BLOCK_SHB = 0x0a0d0d0a,
};

#define PCAPNG_BLOCK_MAGIC 0x1a2b3c4du

/* Option codes: section 3.5, then those of each block's section. */
enum pcapng_block_option {
	PCAPNG_OPT_END = 0,
	PCAPNG_OPT_COMMENT = 1,
	PCAPNG_SHB_HARDWARE = 2,
	PCAPNG_SHB_OS = 3,
	PCAPNG_SHB_USERAPPL = 4,
	PCAPNG_IF_NAME = 2,
	PCAPNG_IF_DESCRIPTION = 3,
	PCAPNG_IF_TSRESOL = 9,
	PCAPNG_IF_FILTER = 11,
	PCAPNG_IF_OS = 12,
	PCAPNG_EPB_FLAGS = 2,
	PCAPNG_EPB_DROPCOUNT = 4,
	PCAPNG_EPB_PACKETID = 5,
	PCAPNG_EPB_PIDTID = 8,
	PCAPNG_ISB_STARTTIME = 2,
	PCAPNG_ISB_ENDTIME = 3,
	PCAPNG_ISB_IFRECV = 4,
	PCAPNG_ISB_IFDROP = 5,
	PCAPNG_ISB_FILTERACCEPT = 6,
	PCAPNG_ISB_USRDELIV = 8,
};

/* The length of an option's value is a 16-bit number. */
#define PCAPNG_BLOCK_OPTION_MAX 65535u

#define PCAPNG_BLOCK_EPB_HEAD 28 /* an enhanced packet block up to the packet, section 4.3 */

/* Begin a block; the result is handed to pcapng_block_end(), which ends the options too. */
size_t pcapng_block_begin(struct buf *b, uint32_t type);
void pcapng_block_end(struct buf *b, size_t start);

void pcapng_block_u16(struct buf *b, uint16_t value);
void pcapng_block_u32(struct buf *b, uint32_t value);
void pcapng_block_u64(struct buf *b, uint64_t value);
/* 64 bits as two words, upper first (section 4.3, "Timestamp"). */
void pcapng_block_time(struct buf *b, uint64_t value);
/* Bytes, padded with zeros to a multiple of four. */
void pcapng_block_padded(struct buf *b, const void *data, size_t len);

/* Options. Nothing is added for a value longer than PCAPNG_BLOCK_OPTION_MAX or for an empty string.
 */
void pcapng_block_option(struct buf *b, uint16_t code, const void *data, size_t len);
void pcapng_block_option_str(struct buf *b, uint16_t code, const char *s);
/* A comment; one that failed makes b fail. */
void pcapng_block_comment(struct buf *b, const struct buf *comment);
void pcapng_block_option_u32(struct buf *b, uint16_t code, uint32_t value);
void pcapng_block_option_u64(struct buf *b, uint16_t code, uint64_t value);
void pcapng_block_option_time(struct buf *b, uint16_t code, uint64_t value);

#endif
