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

/* mss 1460, sackOK, timestamps, nop, wscale 7 */
static const uint8_t tcp_options[] = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
				      0, 1, 0, 0,   0, 0, 1, 3,	 3, 7};

void frame_build_tcp4(struct frame *f, uint8_t flags, bool options, uint16_t payload)
{
	frame_ether(f, 0x0800);
	frame_ip4(f, 6, 0);
	frame_tcp(f, flags, tcp_options, options ? sizeof(tcp_options) : 0);
	frame_add_fill(f, 'x', payload);
	frame_finish_ip4(f);
}

void frame_build_udp4(struct frame *f, uint16_t payload)
{
	frame_ether(f, 0x0800);
	frame_ip4(f, 17, 0);
	frame_udp(f, payload);
	frame_finish_ip4(f);
}

void frame_build_echo4(struct frame *f)
{
	frame_ether(f, 0x0800);
	frame_ip4(f, 1, 0);
	frame_add_u16(f, 0x0800);
	frame_add_u16(f, 0);
	frame_add_u16(f, 7);
	frame_add_u16(f, 1);
	frame_add_fill(f, 0, 56);
	frame_finish_ip4(f);
}

void frame_build_icmp_error(struct frame *f, uint8_t type, uint8_t code, uint32_t word)
{
	uint32_t outer;

	frame_ether(f, 0x0800);
	frame_ip4(f, 1, 0);
	outer = f->ip;
	frame_add_u8(f, type);
	frame_add_u8(f, code);
	frame_add_u16(f, 0);
	frame_add_u32(f, word);
	frame_ip4(f, 17, 0);
	frame_udp(f, 0);
	f->ip = outer;
	frame_finish_ip4(f);
}

void frame_build_icmp6(struct frame *f, uint8_t type, uint8_t code, uint32_t word, uint32_t rest)
{
	frame_ether(f, 0x86dd);
	frame_ip6(f, 58);
	frame_add_u8(f, type);
	frame_add_u8(f, code);
	frame_add_u16(f, 0);
	frame_add_u32(f, word);
	for (uint32_t i = 0; i < rest; i++)
		frame_add_u8(f, i % 16 == 0 ? 0xfd : i % 16 == 15 ? 5 + i / 16 : 0);
	frame_finish_ip6(f);
}

void frame_build_arp(struct frame *f, uint16_t operation)
{
	frame_ether(f, 0x0806);
	frame_add_u16(f, 1);
	frame_add_u16(f, 0x0800);
	frame_add_u16(f, 0x0604);
	frame_add_u16(f, operation);
	frame_add(f, f->bytes + 6, 6);
	frame_add_u32(f, 0x0a000001);
	frame_add_fill(f, 0, 6);
	frame_add_u32(f, 0x0a000002);
}

void frame_build_extensions(struct frame *f, int frag)
{
	frame_ether(f, 0x86dd);
	frame_ip6(f, 0);
	frame_add_u32(f, 43u << 24);
	frame_add_u32(f, 0x01040000);
	frame_add_u32(f, 60u << 24 | 0x00000300);
	frame_add_u32(f, 0);
	frame_add_u32(f, (frag >= 0 ? 44u : 51u) << 24 | 0x00000104);
	frame_add_fill(f, 0, 4);
	if (frag >= 0) {
		frame_add_u16(f, 51 << 8);
		frame_add_u16(f, frag);
		frame_add_u32(f, 99);
	}
	frame_add_u32(f, 17u << 24 | 0x00040000);
	frame_add_u32(f, 0x100);
	frame_add_u32(f, 2);
	frame_add_fill(f, 0xaa, 12);
	frame_udp(f, 5);
	frame_finish_ip6(f);
}
