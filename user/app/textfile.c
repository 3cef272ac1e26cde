/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/textfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "render/prom.h"

#define FILE_NAME "ctnet.prom"

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

/* ".ctnet.prom.PID" of a process that is no more (file_replace() names them so). */
static bool is_leftover(const char *name)
{
	static const char prefix[] = "." FILE_NAME ".";
	uint64_t pid;

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	if (parse_u64(name + strlen(prefix), 1, INT32_MAX, &pid) < 0)
		return false;
	return kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void remove_leftovers(DIR *dir)
{
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (is_leftover(entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
}

static int check_dir(const char *path, struct fault *fault)
{
	_cleanup_(cleanup_closedir) DIR *dir = path ? opendir(path) : NULL;

	if (!path)
		return 0;

	if (!dir)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME,
		                 "cannot open the textfile directory %s: %s; make it, or name another with "
		                 "--textfile-dir",
		                 path, strerror(errno));
	if (faccessat(dirfd(dir), ".", W_OK | X_OK, AT_EACCESS) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME,
		                 "cannot write to %s: %s; name another directory with --textfile-dir", path,
		                 strerror(errno));
	remove_leftovers(dir);
	return 0;
}

int textfile_open(struct textfile *textfile, const char *path, const struct prom_how *how, struct fault *fault)
{
	int r = check_dir(path, fault);

	if (r == 0)
		*textfile = (struct textfile){ .dir = path, .how = *how };
	return r;
}

static void remove_file(struct textfile *textfile)
{
	_cleanup_close_ int dir = open(textfile->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0)
		(void)unlinkat(dir, FILE_NAME, 0);
	textfile->written = false;
}

int textfile_move(struct textfile *textfile, const char *path, bool keep, struct fault *fault)
{
	int r;

	if (path == textfile->dir || (path && textfile->dir && strcmp(path, textfile->dir) == 0))
		return 0;
	r = check_dir(path, fault);
	if (r < 0)
		return r;
	if (textfile->written && !keep)
		remove_file(textfile);
	textfile->dir = path;
	return 0;
}

static int cannot_write(struct textfile *textfile, int error, struct fault *fault)
{
	textfile->own.textfile++;
	return fault_set(fault, error, EXIT_CODE_RUNTIME, "cannot write %s/" FILE_NAME ": %s",
	                 textfile->dir ? textfile->dir : "", strerror(-error));
}

int textfile_render(struct textfile *textfile, const struct snapshot *snap, struct fault *fault)
{
	int r;

	buf_reset(&textfile->text);
	r = prom_render(snap, &textfile->how, &textfile->own, &textfile->text);
	return r < 0 ? cannot_write(textfile, r, fault) : 0;
}

int textfile_store(struct textfile *textfile, struct fault *fault)
{
	int r;

	if (!textfile->dir)
		return 0;
	r = file_replace(textfile->dir, FILE_NAME, textfile->text.data, textfile->text.len, 0644);
	if (r < 0)
		return cannot_write(textfile, r, fault);
	textfile->written = true;
	return 0;
}

int textfile_write(struct textfile *textfile, const struct snapshot *snap, struct fault *fault)
{
	int r = textfile_render(textfile, snap, fault);

	return r < 0 ? r : textfile_store(textfile, fault);
}

bool textfile_remove(const char *path)
{
	_cleanup_(cleanup_closedir) DIR *dir = opendir(path);

	if (!dir)
		return false;
	remove_leftovers(dir);
	return unlinkat(dirfd(dir), FILE_NAME, 0) == 0;
}

void textfile_close(struct textfile *textfile, bool keep)
{
	if (textfile->written && !keep)
		remove_file(textfile);
	buf_free(&textfile->text);
}
