/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes network namespaces that live shortly, as fast as an engine does or faster, and tells the truth about them: one line for each on
 * stdout when it is over, "NAME INODE BORN ENDED" (seconds since the epoch; BORN: it is there, ENDED: its last reference is about to go).
 *
 *	lives veth NAMES FIRST COUNT PER_SECOND LIFE_MS BRIDGE
 *	lives named NAMES FIRST COUNT PER_SECOND LIFE_MS
 *	lives process NAMES FIRST COUNT PER_SECOND LIFE_MS
 *	lives again NAME INODE
 *
 * veth: named under /run/netns, with a veth pair on BRIDGE. Sends 10 UDP
 * datagrams of 64 + number % 1400 bytes a frame and nothing else. Every tenth life ends by its link first, the others by their
 * name alone: the kernel takes many of those down at once.
 * named: without an interface. process: a process in a namespace without a name or a link to here, as `unshare -n`.
 *
 * again: makes one namespace after the other until one has INODE (the kernel hands out the lowest that is free), names that NAME and lets the
 * others go.
 *
 * Life number FIRST is called NAMES FIRST, its host end "l" FIRST. PER_SECOND 0: one after the other as fast as it goes.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAMES_DIR    "/run/netns/"
#define PACKETS      10
#define FRAME_MIN    64
#define FRAME_SIZES  1400
#define HEADERS      (14 + 20 + 8)
#define ADDRESS      "192.0.2.2" /* RFC 5737 */
#define HOST_ADDRESS "192.0.2.1"
#define MAX_HELD     2000
#define MAX_LIVES    100000UL

enum kind { VETH, NAMED, PROCESS };

struct life {
	unsigned long number;
	unsigned long inode;
	double born;
	uint64_t end;  /* CLOCK_MONOTONIC ns */
	unsigned host; /* index of the host end */
	pid_t pid;
};

static struct {
	enum kind kind;
	const char *names;
	unsigned long first, count;
	uint64_t pause, life; /* ns */
	unsigned bridge;
	unsigned char bridge_mac[ETH_ALEN];
	int home;
	struct mnl_socket *rtnl;
} plan;

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || value > MAX_LIVES)
		errx(2, "%s: not a number up to %lu", text, MAX_LIVES);
	return value;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static double wall(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static unsigned long inode_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		err(1, "%s", path);
	return st.st_ino;
}

/* ---- rtnetlink */

static struct mnl_socket *rtnl_open(void)
{
	struct mnl_socket *rtnl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!rtnl || mnl_socket_bind(rtnl, 0, MNL_SOCKET_AUTOPID) < 0)
		err(1, "rtnetlink socket");
	return rtnl;
}

static struct nlmsghdr *link_request(char *space, uint16_t type, uint16_t flags, unsigned index, bool up)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(space);
	struct ifinfomsg *about;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	about = mnl_nlmsg_put_extra_header(nlh, sizeof(*about));
	about->ifi_index = (int)index;
	about->ifi_flags = up ? IFF_UP : 0;
	about->ifi_change = up ? IFF_UP : 0;
	return nlh;
}

/* Returns 0 or -errno. */
static int ask(struct mnl_socket *rtnl, struct nlmsghdr *nlh)
{
	char answer[16384];
	ssize_t len;

	if (mnl_socket_sendto(rtnl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(rtnl, answer, sizeof(answer));
	if (len < 0)
		return -errno;
	return mnl_cb_run(answer, (size_t)len, 0, mnl_socket_get_portid(rtnl), NULL, NULL) < 0 ? -errno : 0;
}

static void sleep_until(uint64_t at)
{
	const struct timespec until = { .tv_sec = (time_t)(at / 1000000000U), .tv_nsec = (long)(at % 1000000000U) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static void must(const char *what, int r)
{
	if (r < 0)
		errx(1, "%s: %s", what, strerror(-r));
}

/*
 * A running port of the bridge here and eth0 there, in one request, as a CNI plugin asks for it. A bridge has room for 1,023 ports: where the
 * kernel is behind with taking down those before, it is waited for.
 */
static void make_pair(const char *host, int there)
{
	const uint64_t patience = now_ns() + 60000000000U;
	char space[1024];
	int r;
	struct nlmsghdr *nlh = link_request(space, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, true);
	struct nlattr *info, *data, *other;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, host);
	mnl_attr_put_u32(nlh, IFLA_MASTER, plan.bridge);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	other = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth0");
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)there);
	mnl_attr_nest_end(nlh, other);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	while ((r = ask(plan.rtnl, nlh)) == -EXFULL && now_ns() < patience)
		sleep_until(now_ns() + 10000000);
	must(host, r);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	if (fd >= 0)
		close(fd);
}

static void *space_for(char *space, uint16_t type, size_t size)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(space);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
	return mnl_nlmsg_put_extra_header(nlh, size);
}

/* Runs eth0 of the namespace we are in, with an address and a neighbour, so that nothing is asked by ARP. */
static void run_eth0(void)
{
	char space[1024];
	struct nlmsghdr *nlh = (void *)space;
	struct mnl_socket *rtnl = rtnl_open();
	unsigned eth0 = if_nametoindex("eth0");
	struct ifaddrmsg *address;
	struct ndmsg *neighbour;

	must("eth0", ask(rtnl, link_request(space, RTM_NEWLINK, 0, eth0, true)));
	address = space_for(space, RTM_NEWADDR, sizeof(*address));
	*address = (struct ifaddrmsg){ .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = eth0 };
	mnl_attr_put_u32(nlh, IFA_LOCAL, inet_addr(ADDRESS));
	must("address", ask(rtnl, nlh));
	neighbour = space_for(space, RTM_NEWNEIGH, sizeof(*neighbour));
	*neighbour = (struct ndmsg){ .ndm_family = AF_INET, .ndm_ifindex = (int)eth0, .ndm_state = NUD_PERMANENT };
	mnl_attr_put_u32(nlh, NDA_DST, inet_addr(HOST_ADDRESS));
	mnl_attr_put(nlh, NDA_LLADDR, ETH_ALEN, plan.bridge_mac);
	must("neighbour", ask(rtnl, nlh));
	(void)mnl_socket_close(rtnl);
}

/* To an address that the host does not have: dropped without an answer. */
static void send_packets(unsigned long life)
{
	static const char payload[1500];
	const struct sockaddr_in to = { .sin_family = AF_INET,
		                        .sin_port = htons(9),
		                        .sin_addr.s_addr = inet_addr(HOST_ADDRESS) };
	size_t size = FRAME_MIN + life % FRAME_SIZES - HEADERS;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (int i = 0; i < PACKETS; i++) {
		if (sendto(fd, payload, size, 0, (const struct sockaddr *)&to, sizeof(to)) != (ssize_t)size)
			err(1, "datagram of life %lu", life);
	}
	close(fd);
}

/* ---- one life */

static void path_of(const struct life *life, char *path, size_t size)
{
	(void)snprintf(path, size, NAMES_DIR "%s%lu", plan.names, life->number);
}

static void enter(int namespace)
{
	if (setns(namespace, CLONE_NEWNET) < 0)
		err(1, "setns");
}

/* In a namespace of its own from here on. */
static void be_born(struct life *life)
{
	if (unshare(CLONE_NEWNET) < 0)
		err(1, "unshare");
	life->born = wall();
	life->inode = inode_of("/proc/self/ns/net");
}

static void begin_named(struct life *life)
{
	char path[256];
	int file;

	path_of(life, path, sizeof(path));
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (file < 0)
		err(1, "%s", path);
	close(file);
	be_born(life);
	if (mount("/proc/self/ns/net", path, "none", MS_BIND, NULL) < 0)
		err(1, "mount %s", path);
}

static void begin_veth(struct life *life)
{
	char host[IFNAMSIZ];
	int there;

	begin_named(life);
	/* no packets of its own; a kernel without IPv6 has no such file */
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	there = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	(void)snprintf(host, sizeof(host), "l%lu", life->number);
	make_pair(host, there);
	close(there);
	run_eth0();
	send_packets(life->number);
	enter(plan.home);
	life->host = if_nametoindex(host);
}

static void begin_process(struct life *life)
{
	int told[2];

	if (pipe2(told, O_CLOEXEC) < 0)
		err(1, "pipe");
	life->pid = fork();
	if (life->pid < 0)
		err(1, "fork");
	if (life->pid == 0) {
		be_born(life);
		if (write(told[1], life, sizeof(*life)) != sizeof(*life))
			err(1, "pipe");
		for (;;)
			pause();
	}
	close(told[1]);
	struct life there;
	if (read(told[0], &there, sizeof(there)) != sizeof(there))
		errx(1, "life %lu was not born", life->number);
	close(told[0]);
	life->born = there.born;
	life->inode = there.inode;
}

static void begin(struct life *life)
{
	if (plan.kind == PROCESS)
		begin_process(life);
	else if (plan.kind == VETH)
		begin_veth(life);
	else
		begin_named(life);
	enter(plan.home);
	life->end = now_ns() + plan.life;
}

static void end(const struct life *life)
{
	char space[1024], path[256];
	double ended;

	if (plan.kind == VETH && life->number % 10 == 0)
		must("link", ask(plan.rtnl, link_request(space, RTM_DELLINK, 0, life->host, false)));
	ended = wall();
	if (plan.kind == PROCESS) {
		(void)kill(life->pid, SIGKILL);
		(void)waitpid(life->pid, NULL, 0);
	} else {
		path_of(life, path, sizeof(path));
		if (umount2(path, MNT_DETACH) < 0 || unlink(path) < 0)
			err(1, "%s", path);
	}
	(void)printf("%s%lu %lu %.6f %.6f\n", plan.names, life->number, life->inode, life->born, ended);
}

/* ---- all of them */

/*
 * All lives are equally long, so they end in the order in which they began. Who is late with births does not make up for it before those are
 * ended whose time has come: there would be ever more at once.
 */
static void live(struct life *lives)
{
	unsigned long ended = 0;
	uint64_t start = now_ns();

	for (unsigned long begun = 0; ended < plan.count;) {
		uint64_t now = now_ns();
		uint64_t birth = start + begun * plan.pause;

		if (birth < now)
			birth = now;
		if (begun == plan.count)
			birth = UINT64_MAX;
		if (begun > ended && lives[ended].end <= birth) {
			sleep_until(lives[ended].end);
			end(&lives[ended++]);
			continue;
		}
		sleep_until(birth);
		lives[begun].number = plan.first + begun;
		begin(&lives[begun++]);
	}
}

static void learn_bridge(const char *name)
{
	struct ifreq ask_mac = { .ifr_ifindex = 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	plan.bridge = if_nametoindex(name);
	(void)snprintf(ask_mac.ifr_name, sizeof(ask_mac.ifr_name), "%s", name);
	if (plan.bridge == 0 || ioctl(fd, SIOCGIFHWADDR, &ask_mac) < 0)
		err(1, "%s", name);
	memcpy(plan.bridge_mac, ask_mac.ifr_hwaddr.sa_data, ETH_ALEN);
	close(fd);
}

static void again(const char *name, const char *inode)
{
	unsigned long wanted = strtoul(inode, NULL, 10);
	unsigned long had = 0;
	struct rlimit open_files = { MAX_HELD + 64, MAX_HELD + 64 };
	char path[256];
	int file;

	(void)setrlimit(RLIMIT_NOFILE, &open_files);
	(void)snprintf(path, sizeof(path), NAMES_DIR "%s", name);
	for (int held = 0; had != wanted && held < MAX_HELD; held++) {
		if (unshare(CLONE_NEWNET) < 0 || open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) < 0)
			err(1, "after %d namespaces", held);
		had = inode_of("/proc/self/ns/net");
		/* the one who has it is still being taken down */
		if (had > wanted)
			sleep_until(now_ns() + 5000000);
	}
	if (had != wanted)
		errx(1, "inode %lu was not handed out", wanted);
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (file < 0 || mount("/proc/self/ns/net", path, "none", MS_BIND, NULL) < 0)
		err(1, "%s", path);
}

static const struct kind_args {
	const char *name;
	enum kind kind;
	int args;
} kinds[] = { { "veth", VETH, 6 }, { "named", NAMED, 5 }, { "process", PROCESS, 5 } };

int main(int argc, char **argv)
{
	struct life *lives;
	unsigned long rate;
	size_t k = 0;

	if (argc == 4 && strcmp(argv[1], "again") == 0) {
		again(argv[2], argv[3]);
		return 0;
	}
	while (k < 3 && (argc < 2 || strcmp(argv[1], kinds[k].name) != 0 || argc - 2 != kinds[k].args))
		k++;
	if (k == 3)
		errx(2, "usage: lives again|veth|named|process NAMES FIRST COUNT PER_SECOND LIFE_MS [BRIDGE]");
	plan.kind = kinds[k].kind;
	plan.names = argv[2];
	plan.first = number(argv[3]);
	plan.count = number(argv[4]);
	rate = number(argv[5]);
	plan.pause = rate ? 1000000000U / rate : 0;
	plan.life = number(argv[6]) * 1000000U;
	plan.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	plan.rtnl = rtnl_open();
	if (plan.kind == VETH)
		learn_bridge(argv[7]);
	lives = calloc(plan.count, sizeof(*lives));
	if (plan.home < 0 || !lives)
		err(1, "begin");
	live(lives);
	free(lives);
	return 0;
}
