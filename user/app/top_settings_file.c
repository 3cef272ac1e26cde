/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_settings_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

#define FILE_NAME "top.conf"

/* XDG Base Directory Specification: a relative path in the variable is to be ignored. */
static int config_home(char out[TOP_SETTINGS_PATH_SIZE])
{
	const char *told = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	int len;

	if (told && told[0] == '/')
		len = snprintf(out, TOP_SETTINGS_PATH_SIZE, "%s", told);
	else if (home && home[0] == '/')
		len = snprintf(out, TOP_SETTINGS_PATH_SIZE, "%s/.config", home);
	else
		return -ENOENT;
	/* room for what is put behind it */
	return len + 64 < TOP_SETTINGS_PATH_SIZE ? 0 : -ENAMETOOLONG;
}

static void tell(const char *path, const char *what, char *ret, size_t size)
{
	char text[TOP_SETTINGS_PATH_SIZE + 256];

	(void)snprintf(text, sizeof(text), "%s: %s", path, what);
	(void)text_clean(text, strlen(text), ret, size);
}

void top_settings_load(struct top_settings *ret, char *ret_notice, size_t notice_size)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char path[TOP_SETTINGS_PATH_SIZE];
	char wrong[128];
	int r;

	ret_notice[0] = '\0';
	if (config_home(path) < 0)
		return;
	(void)strcat(path, "/ctnet/" FILE_NAME);
	r = file_read_at(AT_FDCWD, path, TOP_SETTINGS_MOST_BYTES, &text);
	if (r == -ENOENT || r == -ENOTDIR || (r == 0 && text.len == 0))
		return;
	if (r < 0)
		tell(path, strerror(-r), ret_notice, notice_size);
	else if (top_settings_parse(text.data, text.len, ret, wrong, sizeof(wrong)) > 0)
		tell(path, wrong, ret_notice, notice_size);
}

/* Whether what a path leads to, and a link that stands in its place, are both ours. */
static bool is_ours(const char *path)
{
	struct stat link, info;

	return lstat(path, &link) == 0 && stat(path, &info) == 0 && link.st_uid == geteuid() &&
	       info.st_uid == geteuid();
}

/* Makes a directory in one of ours where there is none. Returns 0, or -errno; -EPERM where it is another user's. */
static int own_directory(const char *path)
{
	char parent[TOP_SETTINGS_PATH_SIZE];
	char *slash;

	if (access(path, F_OK) < 0) {
		(void)snprintf(parent, sizeof(parent), "%s", path);
		slash = strrchr(parent, '/');
		slash[slash == parent ? 1 : 0] = '\0';
		if (access(parent, F_OK) == 0 && !is_ours(parent))
			return -EPERM;
		if (mkdir(path, 0700) < 0)
			return -errno;
	}
	return is_ours(path) ? 0 : -EPERM;
}

int top_settings_save(const struct top_settings *settings, char ret_path[TOP_SETTINGS_PATH_SIZE], struct fault *fault)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = config_home(ret_path);

	if (r == -ENOENT)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot save: neither XDG_CONFIG_HOME nor HOME is set");
	if (r == 0)
		r = own_directory(ret_path);
	if (r == 0) {
		(void)strcat(ret_path, "/ctnet");
		r = own_directory(ret_path);
	}
	if (r == 0)
		r = top_settings_render(settings, &text);
	if (r == 0)
		r = file_replace(ret_path, FILE_NAME, text.data, text.len, 0644);
	if (r == -EPERM)
		return fault_set(fault, r, EXIT_CODE_RUNTIME,
		                 "cannot save: %s is another user's (set XDG_CONFIG_HOME to a directory of yours)",
		                 ret_path);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot save in %s: %s", ret_path, strerror(-r));
	(void)strcat(ret_path, "/" FILE_NAME);
	return 0;
}
