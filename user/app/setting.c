/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/config_parse.h"
#include "base/file.h"

/* Bytes of a value that are shown: the remedy behind it must not be cut off. */
#define SHOWN_MAX 120

int setting_refuse(const struct setting *setting, int error, const char *why, struct fault *fault)
{
	const char *name = setting->option->name;

	if (setting->giver == GIVEN_BY_FILE)
		return fault_set(fault, error, EXIT_CODE_USAGE, "%s:%u: %s = %.*s: %s", setting->file, setting->line,
		                 name, SHOWN_MAX, setting->value, why);
	return fault_set(fault, error, EXIT_CODE_USAGE, "--%s %.*s: %s", name, SHOWN_MAX, setting->value, why);
}

static const struct setting *find(const struct settings *settings, const struct app_option *option)
{
	for (size_t i = 0; i < settings->count; i++) {
		if (settings->items[i].option == option)
			return &settings->items[i];
	}
	return NULL;
}

int settings_add(struct settings *settings, const struct setting *setting, struct fault *fault)
{
	const struct setting *before = setting->option->list ? NULL : find(settings, setting->option);
	_cleanup_buf_ struct buf why = BUF_INIT;

	if (before && before->giver == GIVEN_BY_FILE)
		(void)buf_printf(&why, "given in line %u already; keep one of them", before->line);
	else if (before)
		(void)buf_printf(&why, "given as %s already; keep one of them", before->value);
	else if (settings->count == SETTINGS_GIVEN)
		(void)buf_printf(&why, "more than %d settings; take some away", SETTINGS_GIVEN);
	else
		settings->items[settings->count++] = *setting;
	return why.data ? setting_refuse(setting, -EINVAL, why.data, fault) : 0;
}

/* ---- the file */

static int take_setting(const struct app_option *table, const char *path, const struct config_text *text,
                        const struct config_setting *told, struct settings *ret, struct fault *fault)
{
	struct setting setting = { .value = told->value, .giver = GIVEN_BY_FILE, .file = path, .line = text->line };

	setting.option = option_find(table, told->name);
	if (!setting.option)
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE,
		                 "%s:%u: %s: no such setting (--print-config lists them)", path, text->line,
		                 told->name);
	if (setting.option->command)
		return setting_refuse(&setting, -EINVAL, "for the command line alone; take it out of the file", fault);
	return settings_add(ret, &setting, fault);
}

static int take_text(const struct app_option *table, const char *path, struct config_text text, struct settings *ret,
                     struct fault *fault)
{
	struct config_setting told;
	const char *why;
	int r;

	while ((r = config_next(&text, &told, &why)) > 0) {
		r = take_setting(table, path, &text, &told, ret, fault);
		if (r < 0)
			return r;
	}
	return r < 0 ? fault_set(fault, r, EXIT_CODE_USAGE, "%s:%u: %s", path, text.line, why) : 0;
}

/* A symbolic link is followed: a ConfigMap of Kubernetes is nothing else. */
static int read_text(const char *path, struct buf *ret)
{
	_cleanup_close_ int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : file_read_place(fd, CONFIG_MAX, ret);
}

static int cannot_read(const char *path, int error, struct fault *fault)
{
	const char *why = error == -EINVAL  ? "not a regular file"
	                  : error == -EFBIG ? "more than 64 kB"
	                                    : strerror(-error);

	return fault_set(fault, error, EXIT_CODE_USAGE,
	                 "%s: cannot be read: %s; mend it, or name another with --config", path, why);
}

int settings_read(const char *path, bool must, const struct app_option *table, struct arena *arena,
                  struct settings *ret, struct fault *fault)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *copy;
	int r = read_text(path, &text);

	if ((r == -ENOENT || r == -ENOTDIR) && !must)
		return 0;
	if (r < 0)
		return cannot_read(path, r, fault);
	copy = arena_alloc(arena, text.len + 1);
	path = arena_strndup(arena, path, strlen(path));
	if (!copy || !path)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	return take_text(table, path, config_begin(copy, text.len), ret, fault);
}

/* ---- in force */

static void take_all(const struct settings *from, const struct app_option *option, struct settings *ret)
{
	for (size_t i = 0; i < from->count && ret->count < SETTINGS_MAX; i++) {
		if (from->items[i].option == option)
			ret->items[ret->count++] = from->items[i];
	}
}

void settings_merge(const struct app_option *table, const struct settings *file, const struct settings *line,
                    struct settings *ret)
{
	ret->count = 0;
	for (; table->name; table++) {
		if (find(line, table))
			take_all(line, table, ret);
		else if (find(file, table))
			take_all(file, table, ret);
		else if (table->standard && ret->count < SETTINGS_MAX)
			ret->items[ret->count++] = (struct setting){ .option = table, .value = table->standard };
	}
}

int settings_apply(const struct settings *settings, void *options, struct fault *fault)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *setting = &settings->items[i];
		const char *unfit = config_value_fault(setting->value);
		struct fault why = { 0 };
		int r;

		if (unfit)
			return setting_refuse(setting, -EINVAL, unfit, fault);
		r = option_set(setting->option, setting->value, options, &why);
		if (r < 0)
			return setting_refuse(setting, r, why.text, fault);
	}
	return 0;
}

/* The next setting of an option from @at on, or NULL. */
static const struct setting *next_of(const struct settings *settings, const struct app_option *option, size_t *at)
{
	while (*at < settings->count) {
		const struct setting *setting = &settings->items[(*at)++];

		if (setting->option == option)
			return setting;
	}
	return NULL;
}

bool settings_agree(const struct settings *a, const struct settings *b, const struct app_option *option)
{
	size_t at_a = 0, at_b = 0;
	const struct setting *x, *y;

	do {
		x = next_of(a, option, &at_a);
		y = next_of(b, option, &at_b);
	} while (x && y && strcmp(x->value, y->value) == 0);
	return !x && !y;
}

static void print_one(const struct setting *setting, struct buf *out)
{
	config_write(out, setting->option->name, setting->value);
	if (setting->giver == GIVEN_BY_FILE)
		(void)buf_printf(out, "  # %s:%u\n", setting->file, setting->line);
	else
		(void)buf_printf(out, "  # %s\n", setting->giver == GIVEN_BY_NOBODY ? "default" : "command line");
}

void settings_print(const struct app_option *table, const struct settings *settings, struct buf *out)
{
	for (; table->name; table++) {
		const struct setting *setting;
		size_t at = 0;

		if (table->command)
			continue;
		if (!find(settings, table))
			(void)buf_printf(out, "# %s =  # not set\n", table->name);
		while ((setting = next_of(settings, table, &at)))
			print_one(setting, out);
	}
}
