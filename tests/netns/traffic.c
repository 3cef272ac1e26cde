/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known traffic for the netns tests: so many datagrams, bytes or ARP requests, no more and no less. Ends by itself, at the
 * latest after 60 seconds.
 *
 *	traffic udp-sink ADDRESS PORT COUNT          says "ready", ends when COUNT datagrams have come
 *	traffic udp-send ADDRESS PORT COUNT SIZE     SIZE bytes of payload each
 *	traffic tcp-sink ADDRESS PORT                says "ready", takes one connection, reads to its end
 *	traffic tcp-send ADDRESS PORT BYTES
 *	traffic arp-send INTERFACE COUNT             requests for 192.0.2.1 (RFC 5737), which nobody answers
 */
#include <arpa/inet.h>
#include <err.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST_RUN_SECONDS 60
#define PIECE               65536

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		errx(2, "%s: not a number", text);
	return value;
}

/* A socket for a numeric address, bound to it or connected to it. */
static int socket_for(int type, const char *address, const char *port,
                      int (*use)(int, const struct sockaddr *, socklen_t))
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = type };
	struct addrinfo *found;
	int error = getaddrinfo(address, port, &hints, &found);
	int one = 1;
	int fd;

	if (error)
		errx(2, "%s %s: %s", address, port, gai_strerror(error));
	fd = socket(found->ai_family, type, 0);
	if (fd < 0)
		err(1, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (use(fd, found->ai_addr, found->ai_addrlen) < 0)
		err(1, "%s %s", address, port);
	freeaddrinfo(found);
	return fd;
}

static void say_ready(void)
{
	(void)puts("ready");
	(void)fflush(stdout);
}

static void udp_sink(char **args)
{
	static char datagram[PIECE];
	int fd = socket_for(SOCK_DGRAM, args[0], args[1], bind);
	int room = 4 << 20;

	/* what does not fit would be lost behind the interface's counter; not counted here, so the sink would wait */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	say_ready();
	for (unsigned long left = number(args[2]); left > 0; left--)
		if (recv(fd, datagram, sizeof(datagram), 0) < 0)
			err(1, "recv");
	close(fd);
}

static void udp_send(char **args)
{
	static const char payload[PIECE];
	int fd = socket_for(SOCK_DGRAM, args[0], args[1], connect);
	size_t size = number(args[3]);

	if (size > 65000)
		errx(2, "%s: too large for a datagram", args[3]);
	for (unsigned long left = number(args[2]); left > 0; left--)
		if (send(fd, payload, size, 0) < 0)
			err(1, "send");
	close(fd);
}

static void tcp_sink(char **args)
{
	static char piece[PIECE];
	int door = socket_for(SOCK_STREAM, args[0], args[1], bind);
	int fd;

	if (listen(door, 1) < 0)
		err(1, "listen");
	say_ready();
	fd = accept(door, NULL, NULL);
	if (fd < 0)
		err(1, "accept");
	while (read(fd, piece, sizeof(piece)) > 0)
		;
	close(fd);
	close(door);
}

static void tcp_send(char **args)
{
	static char piece[PIECE];
	int fd = socket_for(SOCK_STREAM, args[0], args[1], connect);
	unsigned long left = number(args[2]);

	while (left > 0) {
		ssize_t sent = write(fd, piece, left < sizeof(piece) ? left : sizeof(piece));

		if (sent < 0)
			err(1, "write");
		left -= (unsigned long)sent;
	}
	/* until the sink closes too, so that nothing is under way when this ends */
	shutdown(fd, SHUT_WR);
	while (read(fd, piece, sizeof(piece)) > 0)
		;
	close(fd);
}

static void arp_send(char **args)
{
	struct ether_arp request = {
		.ea_hdr = { .ar_hrd = htons(1),
		            .ar_pro = htons(ETH_P_IP),
		            .ar_hln = 6,
		            .ar_pln = 4,
		            .ar_op = htons(ARPOP_REQUEST) },
		.arp_tpa = { 192, 0, 2, 1 },
	};
	struct sockaddr_ll everybody = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = (int)if_nametoindex(args[0]),
		.sll_halen = 6,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (fd < 0)
		err(1, "packet socket");
	for (unsigned long left = number(args[1]); left > 0; left--)
		if (sendto(fd, &request, sizeof(request), 0, (struct sockaddr *)&everybody, sizeof(everybody)) < 0)
			err(1, "%s", args[0]);
	close(fd);
}

static const struct mode {
	const char *name;
	int args;
	void (*run)(char **args);
} modes[] = {
	{ "udp-sink", 3, udp_sink }, { "udp-send", 4, udp_send }, { "tcp-sink", 2, tcp_sink },
	{ "tcp-send", 3, tcp_send }, { "arp-send", 2, arp_send },
};

int main(int argc, char **argv)
{
	alarm(LONGEST_RUN_SECONDS);
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[1], modes[i].name) == 0 && argc - 2 == modes[i].args) {
			modes[i].run(argv + 2);
			return 0;
		}
	}
	errx(2, "usage: traffic udp-sink|udp-send|tcp-sink|tcp-send|arp-send ...");
}
