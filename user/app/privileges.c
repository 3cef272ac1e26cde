/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"

/* tests/netns/test_privileges.sh shows what comes of each being missing. */
static const struct {
	cap_value_t number;
	const char *missing; /* without it; NULL: CAP_SYS_ADMIN does as well, or the agent does not start */
} needed[] = {
	{ CAP_BPF, NULL },
	{ CAP_PERFMON, NULL },
	{ CAP_NET_BROADCAST, NULL },
	{ CAP_NET_ADMIN,
	  "CAP_NET_ADMIN: interfaces inside other namespaces are not told, and nothing is attached by clsact" },
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN: interfaces without a host end have totals only" },
	{ CAP_SYS_PTRACE,
	  "CAP_SYS_PTRACE: namespaces of other users' processes are not entered, nor is told what holds one" },
	{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH: what only root can read is not read, as the engines' state" },
};

static void free_caps(cap_t *caps)
{
	if (*caps)
		(void)cap_free(*caps);
}

static bool has(cap_t caps, cap_value_t number)
{
	cap_flag_value_t value = CAP_CLEAR;

	return cap_get_flag(caps, number, CAP_PERMITTED, &value) == 0 && value == CAP_SET;
}

static void say_missing(cap_t held)
{
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (needed[i].missing && !has(held, needed[i].number))
			log_warning("without %s", needed[i].missing);
}

static int keep(cap_t caps, cap_value_t number)
{
	if (cap_set_flag(caps, CAP_EFFECTIVE, 1, &number, CAP_SET) < 0)
		return -1;
	return cap_set_flag(caps, CAP_PERMITTED, 1, &number, CAP_SET);
}

/* Without CAP_SETPCAP, that is not as root, the bounding set stays: it tells what execve(2) may give, which no_new_privs rules out. */
static void narrow_bounds(cap_t kept)
{
	for (cap_value_t number = 0; CAP_IS_SUPPORTED(number); number++)
		if (!has(kept, number) && cap_get_bound(number) > 0)
			(void)cap_drop_bound(number);
}

/* A directory of somebody else, as Debian's for node_exporter is: root writes there by CAP_DAC_OVERRIDE alone. Tried with the rights to come. */
static bool needs_override(cap_t kept, cap_t held, const char *dir)
{
	_cleanup_(free_caps) cap_t trial = cap_dup(held);
	bool refused;

	if (!dir || !trial || !has(held, CAP_DAC_OVERRIDE) ||
	    cap_fill_flag(trial, CAP_EFFECTIVE, kept, CAP_EFFECTIVE) < 0)
		return false;
	if (cap_set_proc(trial) < 0)
		return false;
	refused = faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0 && errno == EACCES;
	(void)cap_set_proc(held);
	return refused;
}

static int drop_capabilities(const char *dir)
{
	_cleanup_(free_caps) cap_t held = cap_get_proc();
	_cleanup_(free_caps) cap_t kept = cap_init();

	if (!held || !kept)
		return -errno;
	say_missing(held);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (has(held, needed[i].number) && keep(kept, needed[i].number) < 0)
			return -errno;
	if (needs_override(kept, held, dir) && keep(kept, CAP_DAC_OVERRIDE) < 0)
		return -errno;
	(void)cap_reset_ambient();
	narrow_bounds(kept);
	return cap_set_proc(kept) < 0 ? -errno : 0;
}

void privileges_drop(const char *textfile_dir)
{
	int r = drop_capabilities(textfile_dir);

	if (r < 0)
		log_warning("cannot give up capabilities: %s; going on with them", strerror(-r));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		log_warning("cannot set no_new_privs: %s; going on without", strerror(errno));
}
