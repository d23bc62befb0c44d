/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_data.c - expressions and packets that the tests of the packet filter share.
 *
 * The packets are every combination of a link header (plain, VLAN 5, VLAN 100, QinQ) and a network
 * packet (IPv4 and IPv6 with TCP, UDP, ICMP, fragments, options, extension headers; ARP; MPLS,
 * PPPoE, Geneve).
 */
#include "filter_data.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pcap_ref.h"

static const char *const builtin_exprs[] = {
	"",
	"ip",
	"ip6",
	"arp",
	"tcp",
	"udp",
	"icmp",
	"icmp6",
	"tcp port 80",
	"udp port 53",
	"port 80 or port 53",
	"src port 80",
	"dst port 40000",
	"portrange 50-90",
	"not portrange 50-90",
	"host 10.0.0.1",
	"src host 10.0.0.1 and dst host 10.0.0.2",
	"host 2001:db8::1",
	"net 10.0.0.0/24",
	"net 2001:db8::/32",
	"not net 10.0.0.0/8",
	"ether host 02:00:00:00:00:01",
	"ether src 02:00:00:00:00:02",
	"ether broadcast",
	"ether multicast",
	"ip multicast",
	"vlan",
	"vlan 5",
	"vlan 5 and tcp port 80",
	"vlan and vlan 7 and host 10.0.0.1",
	"vlan 100 and ip6",
	"not vlan",
	"tcp port 80 or (vlan and tcp port 80)",
	"len > 60",
	"greater 70",
	"less 64",
	"len = 43",
	"tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn",
	"tcp[13] = 18",
	"tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420",
	"udp[8:1] = 0x58",
	"udp[4:2] = 9",
	"ip[6:2] & 0x1fff != 0",
	"ip[6] & 0x20 != 0",
	"ip[0] & 0xf > 5",
	"ip[2:2] - ((ip[0] & 0xf) << 2) > 20",
	"ip[8] < 65 and ip[8] * 2 = 128",
	"ip[2:2] % 3 = 1",
	"ip[2:2] / ip[9] = 3",
	"ip[8] ^ ip[9] = 70",
	"1 << ip[0] = 0",
	"ip[9] >> ip[8] = 0",
	"ether[12:2] = 0x806",
	"ether[60:4] = 0x30313233",
	"ether[200] = 0x41",
	"ether[ip[8]:2] > 0",
	"ether[ether[0x2f]:4] & 1 = 0",
	"ip6 protochain 6",
	"ip protochain 17",
	"ip6 proto 44",
	"ip6[6] = 0",
	"ip proto 6 or ip6 proto 17",
	"icmp[icmptype] = icmp-echo",
	"arp host 10.0.0.1",
	"arp[6:2] = 1",
	"mpls",
	"mpls 1000",
	"mpls and mpls 1001 and host 10.0.0.1",
	"mpls && tcp port 80",
	"pppoes",
	"pppoes 7",
	"pppoes 7 and ip proto 6",
	"pppoes && ip6",
	"geneve",
	"geneve 9",
	"geneve 9 and tcp port 80",
	"geneve && ether host 02:00:00:00:00:01",
	"inbound",
	"outbound and tcp",
	"ifindex 7",
	"ifindex 7 and inbound and ip",
};

struct builder {
	uint8_t bytes[3072];
	uint32_t len;
};

static void *checked(void *p)
{
	if (!p) {
		perror("filter_data");
		exit(1);
	}
	return p;
}

static void put(struct builder *b, uint32_t size, uint32_t value)
{
	for (uint32_t i = size; i-- > 0;)
		b->bytes[b->len++] = (uint8_t)(value >> (8 * i));
}

static void put_ip6_addresses(struct builder *b)
{
	for (uint32_t i = 1; i <= 2; i++) {
		put(b, 4, 0x20010db8);
		put(b, 4, 0);
		put(b, 4, 0);
		put(b, 4, i);
	}
}

static void put_text(struct builder *b, const char *s)
{
	while (*s)
		put(b, 1, (uint8_t)*s++);
}

static void put_tcp(struct builder *b, uint32_t flags, const char *text)
{
	put(b, 4, 40000u << 16 | 80);
	put(b, 4, 91377);
	put(b, 4, 18);
	put(b, 4, 0x60000000 | flags << 16 | 64240);
	put(b, 4, 0);
	put(b, 4, 0x020405b4);
	put_text(b, text);
}

static void put_udp(struct builder *b, const char *text)
{
	put(b, 4, 53 << 16 | 5353);
	put(b, 4, (8 + (uint32_t)strlen(text)) << 16);
	put_text(b, text);
}

static void put_ip(struct builder *b, uint32_t proto, uint32_t fragment, uint32_t option_words)
{
	put(b, 4, (0x45 + option_words) << 24 | 60);
	put(b, 4, 0x1234 << 16 | fragment);
	put(b, 4, 64 << 24 | proto << 16);
	put(b, 4, 0x0a000001);
	put(b, 4, 0x0a000002);
	for (uint32_t i = 0; i < option_words; i++)
		put(b, 4, 0x01010101);
}

static void put_ip6(struct builder *b, uint32_t next)
{
	put(b, 4, 0x60000000);
	put(b, 4, 32 << 16 | next << 8 | 64);
	put_ip6_addresses(b);
}

static void put_arp(struct builder *b)
{
	put(b, 4, 0x00010800);
	put(b, 4, 0x06040001);
	put(b, 4, 0x02000000);
	put(b, 2, 1);
	put(b, 4, 0x0a000001);
	put(b, 4, 0);
	put(b, 2, 0);
	put(b, 4, 0x0a000002);
}

static void put_tcp_syn(struct builder *b)
{
	put_ip(b, 6, 0x4000, 0);
	put_tcp(b, 0x02, "");
}

/* Longer than the kernel's window. */
static void put_tcp_long(struct builder *b)
{
	put_ip(b, 6, 0x4000, 0);
	put_tcp(b, 0x18, "GET /0123456789012345678901234567890123456789");
	for (int i = 0; i < 200; i++)
		put(b, 1, 'A');
}

static void put_udp_one_byte(struct builder *b)
{
	put_ip(b, 17, 0, 0);
	put_udp(b, "X");
}

static void put_ping(struct builder *b)
{
	put_ip(b, 1, 0, 0);
	put(b, 4, 0x08000000);
	put(b, 4, 0x00070001);
	put_text(b, "0123456789012345");
}

static void put_first_fragment(struct builder *b)
{
	put_ip(b, 17, 0x2000, 0);
	put_udp(b, "first fragment");
}

static void put_later_fragment(struct builder *b)
{
	put_ip(b, 6, 0x00b9, 0);
	put_text(b, "no ports in a later fragment");
}

static void put_tcp_options(struct builder *b)
{
	put_ip(b, 6, 0, 10);
	put_tcp(b, 0x12, "GET / with options");
}

static void put_ip6_tcp(struct builder *b)
{
	put_ip6(b, 6);
	put_tcp(b, 0x12, "GET /");
}

static void put_ip6_udp(struct builder *b)
{
	put_ip6(b, 17);
	put_udp(b, "X");
}

/* Hop-by-hop and destination options. */
static void put_ip6_options(struct builder *b)
{
	put_ip6(b, 0);
	put(b, 4, 60u << 24 | 0x0104);
	put(b, 4, 0);
	put(b, 4, 6 << 24 | 0x0104);
	put(b, 4, 0);
	put_tcp(b, 0x02, "");
}

static void put_ip6_fragment(struct builder *b)
{
	put_ip6(b, 44);
	put(b, 4, 17 << 24 | 1);
	put(b, 4, 99);
	put_udp(b, "fragment");
}

/* Twelve destination option headers in a row: more than a loop is unrolled. */
static void put_ip6_long_chain(struct builder *b)
{
	put_ip6(b, 60);
	for (int i = 0; i < 12; i++) {
		put(b, 4, (i < 11 ? 60u : 6u) << 24 | 0x0104);
		put(b, 4, 0);
	}
	put_tcp(b, 0x02, "");
}

static void put_ip6_auth(struct builder *b)
{
	put_ip6(b, 51);
	put(b, 4, 58 << 24 | 4 << 16);
	for (int word = 0; word < 5; word++)
		put(b, 4, 7);
	put(b, 4, 0x80000000);
}

static void put_mpls(struct builder *b)
{
	put(b, 4, 1000 << 12 | 64);
	put(b, 4, 1001 << 12 | 1 << 8 | 63);
	put_ip(b, 6, 0x4000, 0);
	put_tcp(b, 0x10, "");
}

static void put_pppoe(struct builder *b)
{
	put(b, 4, 0x11000007);
	put(b, 4, 46 << 16 | 0x0021);
	put_ip(b, 6, 0x4000, 0);
	put_tcp(b, 0x10, "");
}

static void put_pppoe_ip6(struct builder *b)
{
	put(b, 4, 0x11000008);
	put(b, 4, 66 << 16 | 0x0057);
	put_ip6_tcp(b);
}

/* Of network 9, with one option, around a whole frame. */
static void put_geneve(struct builder *b)
{
	put_ip(b, 17, 0, 0);
	put(b, 4, 40000u << 16 | 6081);
	put(b, 4, 100 << 16);
	put(b, 4, 0x02006558);
	put(b, 4, 9 << 8);
	put(b, 4, 0x01020301);
	put(b, 4, 0xdeadbeef);
	put(b, 4, 0x02000000);
	put(b, 4, 0x00020200);
	put(b, 4, 0x00000001);
	put(b, 2, 0x0800);
	put_tcp_syn(b);
}

static const struct {
	uint32_t type;
	void (*put)(struct builder *b);
} networks[] = {
	{0x0800, put_tcp_syn},	      {0x0800, put_tcp_long},
	{0x0800, put_udp_one_byte},   {0x0800, put_ping},
	{0x0800, put_first_fragment}, {0x0800, put_later_fragment},
	{0x0800, put_tcp_options},    {0x86dd, put_ip6_tcp},
	{0x86dd, put_ip6_udp},	      {0x86dd, put_ip6_options},
	{0x86dd, put_ip6_fragment},   {0x86dd, put_ip6_auth},
	{0x86dd, put_ip6_long_chain}, {0x0806, put_arp},
	{0x8847, put_mpls},	      {0x8864, put_pppoe},
	{0x8864, put_pppoe_ip6},      {0x0800, put_geneve},
};

static void add_packet(void *arg, const uint8_t *bytes, uint32_t wire_len, uint32_t cap_len)
{
	struct filter_data *data = arg;
	struct filter_packet packet = {checked(malloc(cap_len ? cap_len : 1)), wire_len, cap_len};

	memcpy(packet.bytes, bytes, cap_len);
	data->packets =
		checked(reallocarray(data->packets, data->n_packets + 1, sizeof(*data->packets)));
	data->packets[data->n_packets++] = packet;
}

static void add_expr(struct filter_data *data, const char *expr)
{
	data->exprs = checked(reallocarray(data->exprs, data->n_exprs + 1, sizeof(*data->exprs)));
	data->exprs[data->n_exprs++] = checked(strdup(expr));
}

void filter_data_add_builtin(struct filter_data *data)
{
	static const struct {
		uint32_t n, tags[2];
	} links[] = {{0}, {1, {0x81000005}}, {1, {0x8100a064}}, {2, {0x88a80005, 0x81000007}}};

	for (size_t link = 0; link < sizeof(links) / sizeof(links[0]); link++) {
		for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
			uint32_t type = networks[i].type;
			struct builder frame = {.len = 0};

			put(&frame, 4, type == 0x0806 ? 0xffffffff : 0x02000000);
			put(&frame, 2, type == 0x0806 ? 0xffff : 1);
			put(&frame, 4, 0x02000000);
			put(&frame, 2, 2);
			for (uint32_t tag = 0; tag < links[link].n; tag++)
				put(&frame, 4, links[link].tags[tag]);
			put(&frame, 2, type);
			networks[i].put(&frame);
			add_packet(data, frame.bytes, frame.len, frame.len);
		}
	}
	for (size_t i = 0; i < sizeof(builtin_exprs) / sizeof(builtin_exprs[0]); i++)
		add_expr(data, builtin_exprs[i]);
}

void filter_data_add_long(struct filter_data *data)
{
	static const uint32_t lengths[] = {1000, 1514, 2500, 3000};
	static const char *const exprs[] = {
		"ether[999] = 231",	    "ether[1400:4] = 0x787a7c7e",
		"ether[2996:4] & 1 = 0",    "udp[1200:2] > 0 and len > 1514",
		"len = 1514 or len = 1518", "greater 2500",
		"less 2500 and udp",	    "udp[ether[60]*8:4] != 0",
	};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct builder frame = {.len = 0};

		put(&frame, 4, 0x02000000);
		put(&frame, 4, 0x00010200);
		put(&frame, 4, 0x00000002);
		put(&frame, 2, 0x0800);
		put_ip(&frame, 17, 0, 0);
		put_udp(&frame, "");
		while (frame.len < lengths[i])
			put(&frame, 1, frame.len & 0xff);
		add_packet(data, frame.bytes, frame.len, frame.len);
	}
	for (size_t i = 0; i < sizeof(exprs) / sizeof(exprs[0]); i++)
		add_expr(data, exprs[i]);
}

static void read_exprs(struct filter_data *data, const char *path)
{
	FILE *f = checked(fopen(path, "re"));
	char line[4096];

	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		add_expr(data, line);
	}
	fclose(f);
}

int filter_data_read_shared(struct filter_data *data)
{
	const char *root = getenv("XCAP_SHARED_DATA");
	char path[PATH_MAX];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	if (!root)
		root = "../shared/data";
	snprintf(path, sizeof(path), "%s/pcaps", root);
	dir = opendir(path);
	if (!dir) {
		printf("skip: no public captures in '%s' (set XCAP_SHARED_DATA): built-in packets "
		       "only\n",
		       path);
		return -1;
	}
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/pcaps/%s", root, entry->d_name);
		if (entry->d_name[0] != '.' && pcap_ref_read(path, add_packet, data) >= 0)
			n++;
	}
	closedir(dir);
	snprintf(path, sizeof(path), "%s/filters.txt", root);
	read_exprs(data, path);
	return n;
}

void filter_data_fini(struct filter_data *data)
{
	for (size_t i = 0; i < data->n_packets; i++)
		free(data->packets[i].bytes);
	for (size_t i = 0; i < data->n_exprs; i++)
		free(data->exprs[i]);
	free(data->packets);
	free(data->exprs);
	memset(data, 0, sizeof(*data));
}

char *filter_data_hosts(unsigned int n)
{
	char *expr = checked(calloc(n, 32));
	size_t len = 0;

	for (unsigned int i = 0; i < n; i++)
		len += (size_t)sprintf(expr + len, "%shost 10.%u.%u.%u", i ? " or " : "",
				       i >> 16 & 255, i >> 8 & 255, i & 255);
	return expr;
}
