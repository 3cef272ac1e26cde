/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A node of the test's own: a network and a mount namespace that nobody else sees, with /run/netns empty, so that `ip netns add`
 * works as ever and everything is gone when the process is, whatever way it ends.
 */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "observe/netlink/wiring.h"

#define WAIT_MS 10000

/** What the callbacks were told, one line each: "appeared -1 h0", "changed -1 h0>h1", "vanished 0 eth0", "nsid 0", "nsid 0 gone". */
struct told {
	char text[1 << 20];
	size_t len;
};

static struct told told;

static inline void tell_line(struct told *into, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(into->text + into->len, sizeof(into->text) - into->len, format, args);
	va_end(args);
	if (len > 0 && (size_t)len < sizeof(into->text) - into->len)
		into->len += (size_t)len;
}

static inline void on_link(void *context, enum link_change change, int32_t nsid, const struct link *old,
                           const struct link *link)
{
	static const char *const names[] = { "appeared", "changed", "vanished" };

	assert_int_equal(old != NULL, change == LINK_CHANGED);
	tell_line(context, "%s %d %s%s%s\n", names[change], nsid, old ? old->name : link->name, old ? ">" : "",
	          old ? link->name : "");
}

static inline void on_nsid(void *context, int32_t nsid, bool gone)
{
	tell_line(context, "nsid %d%s\n", nsid, gone ? " gone" : "");
}

static inline bool was_told(const char *line)
{
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "%s\n", line);
	return strstr(told.text, whole) != NULL;
}

static inline void forget_told(void)
{
	told.len = 0;
	told.text[0] = '\0';
}

/** Runs a command in the lab; it must succeed. */
static inline void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/** What a command prints, as JSON; json_decref() it. */
static inline json_t *ask_json(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline json_t *ask_json(const char *format, ...)
{
	char command[1024];
	json_t *answer;
	va_list args;
	FILE *pipe;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	answer = json_loadf(pipe, 0, NULL);
	(void)pclose(pipe);
	assert_non_null(answer);
	return answer;
}

/** Says so where there is no root, and nothing can be tried. */
static inline bool lab_skips(const char *name)
{
	if (geteuid() == 0)
		return false;
	printf("ok - %s # SKIP needs root\n", name);
	return true;
}

static inline int lab_enter(void **state)
{
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_true(mkdir("/run/netns", 0755) == 0 || errno == EEXIST);
	assert_int_equal(mount("none", "/run/netns", "tmpfs", 0, NULL), 0);
	return 0;
}

/** Before each test: a network namespace with nothing but lo, in which no nsid was given yet. */
static inline int lab_fresh(void **state)
{
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	run("ip link set lo up");
	forget_told();
	return 0;
}

/** After each test. */
static inline int lab_clear(void **state)
{
	run("ip netns list | while read -r n _; do ip netns del \"$n\"; done");
	return 0;
}

#define LAB_TEST(f) cmocka_unit_test_setup_teardown(f, lab_fresh, lab_clear)

static inline struct wiring *open_wiring(void)
{
	const struct wiring_callbacks callbacks = { &told, on_link, on_nsid, NULL };
	struct wiring *wiring = NULL;
	struct fault fault = { 0 };

	if (wiring_open(&callbacks, &wiring, &fault) < 0)
		fail_msg("wiring_open: %s", fault.text);
	assert_int_equal(wiring_refresh(wiring), 0);
	return wiring;
}

/** Takes in what the kernel has told so far. Events are queued before the command that causes them returns. */
static inline void follow(struct wiring *wiring)
{
	assert_int_equal(wiring_dispatch(wiring), 0);
	assert_int_equal(wiring_refresh(wiring), 0);
	assert_int_equal(wiring_dispatch(wiring), 0);
}

/** Waits for events; returns whether there are some. */
static inline bool await_some(const struct wiring *wiring, int milliseconds)
{
	struct pollfd poller = { .fd = wiring_fd(wiring), .events = POLLIN };

	return poll(&poller, 1, milliseconds) > 0;
}

/** Follows events until the line was told; fails after WAIT_MS. */
static inline void await(struct wiring *wiring, const char *line)
{
	follow(wiring);
	while (!was_told(line)) {
		if (!await_some(wiring, WAIT_MS))
			fail_msg("never told: %s\nwas told:\n%s", line, told.text);
		follow(wiring);
	}
}

static inline const struct ns_links *view_of(const struct wiring *wiring, int32_t nsid)
{
	size_t count;
	const struct ns_links *views = wiring_links(wiring, &count);

	for (size_t i = 0; i < count; i++)
		if (views[i].nsid == nsid)
			return &views[i];
	return NULL;
}

static inline const struct link *link_named(const struct wiring *wiring, int32_t nsid, const char *name)
{
	const struct ns_links *view = view_of(wiring, nsid);

	for (size_t i = 0; view && i < view->link_count; i++)
		if (strcmp(view->links[i].name, name) == 0)
			return &view->links[i];
	return NULL;
}

static inline int32_t nsid_of(struct wiring *wiring, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[256];
	int32_t nsid;

	(void)snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(wiring_nsid_of_fd(wiring, fd, &nsid), 0);
	return nsid;
}

static inline const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static inline json_int_t number_of(const json_t *object, const char *key, json_int_t absent)
{
	const json_t *value = json_object_get(object, key);

	return value ? json_integer_value(value) : absent;
}

static inline enum port_state state_named(const char *name)
{
	static const char *const names[] = { "disabled", "listening", "learning", "forwarding", "blocking" };

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum port_state)i;
	return PORT_NONE;
}

/** Compares one link with what `ip -j -d link` says of it. */
static inline void same_as_ip(const struct wiring *wiring, int32_t nsid, const struct link *link, const json_t *row)
{
	const json_t *info = json_object_get(row, "linkinfo");
	const struct link *master = wiring_find(wiring, nsid, link->master);
	char mac[32] = "";

	assert_int_equal(link->index, number_of(row, "ifindex", 0));
	assert_string_equal(link->name, text_of(row, "ifname"));
	assert_int_equal(link->mtu, number_of(row, "mtu", 0));
	if (link->has_mac)
		(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", link->mac[0], link->mac[1],
		               link->mac[2], link->mac[3], link->mac[4], link->mac[5]);
	if (strcmp(text_of(row, "link_type"), "ether") == 0)
		assert_string_equal(mac, text_of(row, "address"));
	if (*text_of(info, "info_kind"))
		assert_string_equal(link_kind_name(link->kind), text_of(info, "info_kind"));
	assert_string_equal(master ? master->name : "", text_of(row, "master"));
	assert_int_equal(link->port_state, state_named(text_of(json_object_get(info, "info_slave_data"), "state")));
	assert_int_equal(link->peer_elsewhere, json_object_get(row, "link_netnsid") != NULL);
	if (json_object_get(row, "link_index"))
		assert_int_equal(link->peer_index, number_of(row, "link_index", 0));
	if (nsid == NSID_HERE) /* in another namespace ip counts nsids as that one does */
		assert_int_equal(link->peer_nsid, number_of(row, "link_netnsid", NSID_HERE));
}

/** Compares one table with what ip says in that namespace. @name: of the `ip netns`; NULL: ours */
static inline void table_as_ip(struct wiring *wiring, const char *name)
{
	int32_t nsid = name ? nsid_of(wiring, name) : NSID_HERE;
	const struct ns_links *view = view_of(wiring, nsid);
	json_t *rows = ask_json("ip %s%s -j -d link", name ? "-n " : "", name ? name : "");

	assert_non_null(view);
	assert_false(view->incomplete);
	assert_int_equal(view->link_count, json_array_size(rows));
	for (size_t i = 0; i < view->link_count; i++) /* both by index: ip shows them as the kernel lists them */
		same_as_ip(wiring, nsid, &view->links[i], json_array_get(rows, i));
	json_decref(rows);
}

/** How many descriptors this process has open, the one that counts left out. */
static inline size_t open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	(void)closedir(dir);
	return count - 3; /* ".", ".." and the directory itself */
}

static inline double seconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
