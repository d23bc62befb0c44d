/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * blast - sends small UDP packets as fast as one thread can.
 *
 *	blast ADDRESS PORT COUNT SIZE [RATE]
 *
 * RATE is packets per second, by turns of 64; 0 or nothing: as fast as they go.
 *
 * Used by the live tests of counters and by the benchmark, inside a network namespace. The socket
 *is not connected, so that "port unreachable" does not end it. Prints how many were accepted by the
 * kernel; a send that fails for good is an error.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH	    64
#define PAYLOAD_MAX 65507 /* what an IPv4 datagram holds */

static int send_batch(int fd, struct mmsghdr *messages, unsigned int n)
{
	for (;;) {
		int sent = sendmmsg(fd, messages, n, 0);

		if (sent > 0)
			return sent;
		/* a full queue empties by itself */
		if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			return -1;
	}
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static char payload[PAYLOAD_MAX];
	struct mmsghdr messages[BATCH];
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct iovec part = {.iov_base = payload};
	unsigned long count, sent = 0;
	double rate, begin = now_s();
	int fd;

	if (argc < 5 || argc > 6 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		fprintf(stderr, "usage: blast ADDRESS PORT COUNT SIZE [RATE]\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	count = strtoul(argv[3], NULL, 10);
	part.iov_len = strtoul(argv[4], NULL, 10);
	rate = argc > 5 ? strtod(argv[5], NULL) : 0;
	if (part.iov_len > sizeof(payload)) {
		fprintf(stderr, "blast: at most %zu bytes\n", sizeof(payload));
		return 2;
	}
	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < BATCH; i++) {
		messages[i].msg_hdr.msg_name = &to;
		messages[i].msg_hdr.msg_namelen = sizeof(to);
		messages[i].msg_hdr.msg_iov = &part;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0) {
		perror("blast: socket");
		return 1;
	}
	while (sent < count) {
		unsigned long left = count - sent;
		int n = send_batch(fd, messages, left < BATCH ? (unsigned int)left : BATCH);

		if (n < 0) {
			perror("blast: sendmmsg");
			return 1;
		}
		sent += (unsigned long)n;
		while (rate > 0 && now_s() - begin < (double)sent / rate)
			; /* a timer is too coarse for this */
	}
	printf("%lu\n", sent);
	return 0;
}
