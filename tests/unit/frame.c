/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.c - frames for tests.
 */
#include "frame.h"

#include <assert.h>
#include <string.h>

void frame_add(struct frame *f, const void *bytes, size_t count)
{
	assert(f->len + count <= sizeof(f->bytes));
	memcpy(f->bytes + f->len, bytes, count);
	f->len += count;
}

void frame_add_u8(struct frame *f, uint8_t value)
{
	frame_add(f, &value, 1);
}

void frame_add_u16(struct frame *f, uint16_t value)
{
	frame_add_u8(f, value >> 8);
	frame_add_u8(f, value);
}

void frame_add_u32(struct frame *f, uint32_t value)
{
	frame_add_u16(f, value >> 16);
	frame_add_u16(f, value);
}

void frame_add_fill(struct frame *f, uint8_t fill, size_t count)
{
	for (; count; count--)
		frame_add_u8(f, fill);
}

void frame_set_u16(struct frame *f, uint32_t offset, uint16_t value)
{
	f->bytes[offset] = value >> 8;
	f->bytes[offset + 1] = value;
}

void frame_ether(struct frame *f, uint16_t type)
{
	static const uint8_t addresses[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};

	memset(f, 0, sizeof(*f));
	frame_add(f, addresses, sizeof(addresses));
	frame_add_u16(f, type);
}

void frame_vlan(struct frame *f, uint16_t tci, uint16_t type)
{
	frame_add_u16(f, tci);
	frame_add_u16(f, type);
}

void frame_ip4(struct frame *f, uint8_t protocol, uint16_t frag)
{
	f->ip = f->len;
	frame_add_u16(f, 0x4500);
	frame_add_u16(f, 0);
	frame_add_u16(f, 4660);
	frame_add_u16(f, frag);
	frame_add_u8(f, 64);
	frame_add_u8(f, protocol);
	frame_add_u16(f, 0);
	frame_add_u32(f, 0x0a000001);
	frame_add_u32(f, 0x0a000002);
}

void frame_ip6(struct frame *f, uint8_t next)
{
	f->ip = f->len;
	frame_add_u32(f, 0x60000000);
	frame_add_u16(f, 0);
	frame_add_u8(f, next);
	frame_add_u8(f, 64);
	for (uint8_t host = 1; host <= 2; host++) {
		frame_add_u16(f, 0xfd00);
		frame_add_fill(f, 0, 13);
		frame_add_u8(f, host);
	}
}

void frame_tcp(struct frame *f, uint8_t flags, const uint8_t *options, size_t options_len)
{
	frame_add_u16(f, 40112);
	frame_add_u16(f, 9000);
	frame_add_u32(f, 91377);
	frame_add_u32(f, 7);
	frame_add_u8(f, (20 + options_len) / 4 << 4);
	frame_add_u8(f, flags);
	frame_add_u16(f, 64240);
	frame_add_u32(f, 0);
	if (options_len)
		frame_add(f, options, options_len);
}

void frame_udp(struct frame *f, uint16_t payload)
{
	frame_add_u16(f, 40112);
	frame_add_u16(f, 9000);
	frame_add_u16(f, 8 + payload);
	frame_add_u16(f, 0);
	frame_add_fill(f, 'x', payload);
}

void frame_finish_ip4(struct frame *f)
{
	frame_set_u16(f, f->ip + 2, f->len - f->ip);
}

void frame_finish_ip6(struct frame *f)
{
	frame_set_u16(f, f->ip + 4, f->len - f->ip - 40);
}
