/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A node of its own with many containers, as the finders meet it: for each a process in a cgroup with its id, a namespace with a name and
 * eth0, and a state file of Docker's, made from one that a real Docker wrote. Gone with the process, whatever way it ends.
 */

#include <err.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_LAB_MAX 4096
#define LOOK_LAB_DIR "/run/look" /* on a file system of its own */

/* What eth0 is. */
enum look_wiring {
	LOOK_BRIDGE,  /* a veth, its other end on a bridge */
	LOOK_MACVLAN, /* a macvlan, which has no host end */
};

struct look_lab {
	size_t count;
	pid_t pids[LOOK_LAB_MAX];
	int go[2];        /* closed when the interfaces are there */
	char cgroup[128]; /* directory of the containers' cgroups; "": there are none here */
};

static inline void look_lab_id(size_t i, char ret[65])
{
	(void)snprintf(ret, 65, "%08zx%056x", i, 0xc7);
}

static inline void look_lab_write(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd) < 0)
		err(1, "%s", path);
}

static inline void look_lab_enter(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/run", "tmpfs", 0, "mode=0755") < 0 || mkdir(LOOK_LAB_DIR, 0755) < 0 ||
	    mkdir("/run/netns", 0755) < 0 || mkdir(LOOK_LAB_DIR "/containers", 0755) < 0)
		err(1, "cannot make a node (needs root)");
}

/* What runs in a container: gives eth0 an address when it is there, and waits. */
static inline void look_lab_container(const struct look_lab *lab, size_t i, int ready)
{
	struct ifreq request = { .ifr_name = "eth0" };
	struct sockaddr_in address = { .sin_family = AF_INET };
	char byte;
	int fd;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)close(lab->go[1]);
	if (unshare(CLONE_NEWNET) < 0)
		_exit(1);
	/* else each asks all others for a router, three times in ten seconds */
	look_lab_write("/proc/sys/net/ipv6/conf/default/router_solicitations", "0", 1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	if (read(lab->go[0], &byte, 1) != 0)
		_exit(1);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(0x0a000001U + (uint32_t)i);
	memcpy(&request.ifr_addr, &address, sizeof(address));
	(void)ioctl(fd, SIOCSIFADDR, &request);
	request.ifr_flags = IFF_UP;
	(void)ioctl(fd, SIOCSIFFLAGS, &request);
	(void)close(fd);
	for (;;)
		(void)pause();
}

static inline void look_lab_start(struct look_lab *lab, size_t i)
{
	char path[64], name[64], byte;
	int ready[2];

	if (pipe2(ready, O_CLOEXEC) < 0)
		err(1, "pipe");
	lab->pids[i] = fork();
	if (lab->pids[i] < 0)
		err(1, "fork");
	if (lab->pids[i] == 0)
		look_lab_container(lab, i, ready[1]);
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "a container did not start");
	(void)close(ready[0]);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)lab->pids[i]);
	(void)snprintf(name, sizeof(name), "/run/netns/n%zu", i);
	look_lab_write(name, "", 0);
	if (mount(path, name, "none", MS_BIND, NULL) < 0)
		err(1, "%s", name);
}

static inline void look_lab_cgroup(struct look_lab *lab, size_t i)
{
	char path[256], id[65], pid[16];
	int len;

	if (!lab->cgroup[0])
		return;
	look_lab_id(i, id);
	(void)snprintf(path, sizeof(path), "%s/%s", lab->cgroup, id);
	if (mkdir(path, 0755) < 0)
		err(1, "%s", path);
	(void)strcat(path, "/cgroup.procs");
	len = snprintf(pid, sizeof(pid), "%d", (int)lab->pids[i]);
	look_lab_write(path, pid, (size_t)len);
}

/* Puts @to in the place of each @from. */
static inline char *look_lab_replace(const char *text, const char *from, const char *to)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	const char *at;

	for (; (at = strstr(text, from)); text = at + strlen(from))
		(void)fprintf(f, "%.*s%s", (int)(at - text), text, to);
	(void)fputs(text, f);
	if (fclose(f) != 0)
		err(1, "no memory");
	return out;
}

/* @template: of a container "/box" with the process 13383 and the id @of */
static inline void look_lab_state(const struct look_lab *lab, size_t i, const char *template, const char *of)
{
	char id[65], name[32], pid[32], path[256];
	char *text, *more;

	look_lab_id(i, id);
	(void)snprintf(name, sizeof(name), "\"/c%zu\"", i);
	(void)snprintf(pid, sizeof(pid), "\"Pid\":%d,", (int)lab->pids[i]);
	text = look_lab_replace(template, of, id);
	more = look_lab_replace(text, "\"/box\"", name);
	free(text);
	text = look_lab_replace(more, "\"Pid\":13383,", pid);
	free(more);
	(void)snprintf(path, sizeof(path), LOOK_LAB_DIR "/containers/%s", id);
	if (mkdir(path, 0700) < 0)
		err(1, "%s", path);
	(void)strcat(path, "/config.v2.json");
	look_lab_write(path, text, strlen(text));
	free(text);
}

static inline void look_lab_wire(const struct look_lab *lab, enum look_wiring wiring)
{
	FILE *ip = popen("ip -batch -", "we");

	if (!ip)
		err(1, "ip");
	if (wiring == LOOK_BRIDGE)
		(void)fprintf(ip, "link add lab0 type bridge stp_state 0 forward_delay 0\nlink set lab0 up\n");
	else
		(void)fprintf(ip, "link add lab0 type veth peer name lab1\nlink set lab0 up\nlink set lab1 up\n");
	for (size_t i = 0; i < lab->count; i++) {
		if (wiring == LOOK_BRIDGE)
			(void)fprintf(ip,
			              "link add v%zu type veth peer name eth0 netns n%zu\n"
			              "link set v%zu master lab0 up\n",
			              i, i, i);
		else
			(void)fprintf(ip, "link add link lab0 name eth0 netns n%zu type macvlan mode bridge\n", i);
	}
	if (pclose(ip) != 0)
		errx(1, "cannot wire the containers");
}

/* Whether some address of a process's namespace is still being tried: the kernel's own words are in if_inet6, flags in the fifth column. */
static inline bool look_lab_is_tentative(pid_t pid)
{
	char path[64], name[IFNAMSIZ];
	unsigned int flags;
	bool tentative = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/net/if_inet6", (int)pid);
	f = fopen(path, "re");
	while (f && fscanf(f, "%*32s %*x %*x %*x %x %15s", &flags, name) == 2)
		tentative |= (flags & IFA_F_TENTATIVE) != 0;
	if (f)
		(void)fclose(f);
	return tentative;
}

/*
 * While addresses are tried, the kernel's workers hold the RTNL lock, and each asks all others over the bridge: a node whose containers have
 * just been started all at once. One whose containers run is meant.
 */
static inline void look_lab_settle(const struct look_lab *lab)
{
	for (size_t i = 0; i <= lab->count; i++) {
		while (look_lab_is_tentative(i < lab->count ? lab->pids[i] : getpid()))
			(void)usleep(50000);
	}
}

/** @template: text of a state file, see look_lab_state() */
static inline void look_lab_make(struct look_lab *lab, size_t count, enum look_wiring wiring, const char *template,
                                 const char *of)
{
	static const char *const hierarchies[] = { "/sys/fs/cgroup/pids", "/sys/fs/cgroup" };

	*lab = (struct look_lab){ .count = count };
	look_lab_enter();
	for (size_t i = 0; i < 2 && !lab->cgroup[0]; i++) {
		(void)snprintf(lab->cgroup, sizeof(lab->cgroup), "%s/ctnet-look-%d", hierarchies[i], (int)getpid());
		if (mkdir(lab->cgroup, 0755) < 0)
			lab->cgroup[0] = '\0';
	}
	if (pipe2(lab->go, O_CLOEXEC) < 0)
		err(1, "pipe");
	for (size_t i = 0; i < count; i++) {
		look_lab_start(lab, i);
		look_lab_cgroup(lab, i);
		look_lab_state(lab, i, template, of);
	}
	look_lab_wire(lab, wiring);
	(void)close(lab->go[1]);
	look_lab_settle(lab);
}

/** Ends the containers and takes their cgroups away. */
static inline void look_lab_end(struct look_lab *lab)
{
	char path[256], id[65];

	for (size_t i = 0; i < lab->count; i++) {
		(void)kill(lab->pids[i], SIGKILL);
		(void)waitpid(lab->pids[i], NULL, 0);
		look_lab_id(i, id);
		(void)snprintf(path, sizeof(path), "%s/%s", lab->cgroup, id);
		(void)rmdir(path);
	}
	(void)rmdir(lab->cgroup);
}
