/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/machined_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/owners/cmdline_parse.h"

#define VALUE_MAX 512

bool machine_is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return len > 0 && len <= MACHINE_NAME_MAX && name[len] == '\0' && name[0] != '.';
}

/*
 * Copies the value of a line as systemd's parse_env_file() reads it: in quotes or not, a backslash before a character that is meant as it
 * stands. Returns false where it does not fit or holds a NUL.
 */
static bool copy_value(const char *at, const char *end, char *ret)
{
	size_t len = 0;

	if (end - at >= 2 && (*at == '"' || *at == '\'') && end[-1] == *at) {
		at++;
		end--;
	}
	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end)
			at++;
		if (*at == '\0' || len == VALUE_MAX - 1)
			return false;
		ret[len++] = *at;
	}
	ret[len] = '\0';
	return true;
}

/* The values that are wanted, as text. */
struct values {
	char name[VALUE_MAX];
	char unit[VALUE_MAX];
	char service[VALUE_MAX];
	char leader[VALUE_MAX];
	char class[VALUE_MAX];
};

static bool take_line(const char *line, const char *end, struct values *values)
{
	const struct {
		const char *key;
		char *to;
	} keys[] = {
		{ "NAME=", values->name },     { "SCOPE=", values->unit },  { "SERVICE=", values->service },
		{ "LEADER=", values->leader }, { "CLASS=", values->class },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t len = strlen(keys[i].key);

		if ((size_t)(end - line) >= len && memcmp(line, keys[i].key, len) == 0)
			return copy_value(line + len, end, keys[i].to);
	}
	return true;
}

int machine_parse(const char *text, size_t len, const char *name, struct machine *ret)
{
	struct values values = { .name = "" };
	struct machine machine = { .unit = NULL };
	const char *end = text + len;
	uint64_t leader;

	for (const char *line = text; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (!newline || !take_line(line, newline, &values)) /* cut short */
			return -EBADMSG;
		line = newline + 1;
	}
	if (strcmp(values.name, name) != 0 || parse_u64(values.leader, 1, PROC_PID_MAX, &leader) < 0)
		return -EBADMSG;
	machine.is_container = strcmp(values.class, "container") == 0;
	machine.is_lxc = strcmp(values.service, "libvirt-lxc") == 0;
	machine.leader = (pid_t)leader;
	if (values.unit[0]) {
		machine.unit = strdup(values.unit);
		if (!machine.unit)
			return -ENOMEM;
	}
	*ret = machine;
	return 0;
}

void machine_free(struct machine *machine)
{
	free(machine->unit);
	*machine = (struct machine){ .unit = NULL };
}

enum { SLOT_MACHINE, SLOT_DIRECTORY };

/* The options of systemd-nspawn whose value is an argument of its own. */
static const struct cmdline_option options[] = {
	{ "--machine", SLOT_MACHINE },
	{ "-M", SLOT_MACHINE },
	{ "--directory", SLOT_DIRECTORY },
	{ "-D", SLOT_DIRECTORY },
	{ "--template", CMDLINE_IGNORED },
	{ "--image", CMDLINE_IGNORED },
	{ "-i", CMDLINE_IGNORED },
	{ "--user", CMDLINE_IGNORED },
	{ "-u", CMDLINE_IGNORED },
	{ "--slice", CMDLINE_IGNORED },
	{ "-S", CMDLINE_IGNORED },
	{ "-L", CMDLINE_IGNORED },
	{ "-Z", CMDLINE_IGNORED },
	{ "--port", CMDLINE_IGNORED },
	{ "-p", CMDLINE_IGNORED },
	{ "--setenv", CMDLINE_IGNORED },
	{ "-E", CMDLINE_IGNORED },
	{ "--bind", CMDLINE_IGNORED },
	{ "--bind-ro", CMDLINE_IGNORED },
	{ "--tmpfs", CMDLINE_IGNORED },
	{ "--hostname", CMDLINE_IGNORED },
	{ "--uuid", CMDLINE_IGNORED },
	{ "--property", CMDLINE_IGNORED },
	{ "--capability", CMDLINE_IGNORED },
	{ "--network-bridge", CMDLINE_IGNORED },
	{ "--network-interface", CMDLINE_IGNORED },
	{ "--network-macvlan", CMDLINE_IGNORED },
	{ "--network-ipvlan", CMDLINE_IGNORED },
	{ "--network-zone", CMDLINE_IGNORED },
	{ "--network-veth-extra", CMDLINE_IGNORED },
};

bool nspawn_parse_name(const char *text, size_t len, char *ret)
{
	_cleanup_(cmdline_free) struct cmdline cmdline = { { NULL } };
	const char *name, *directory;
	size_t end;

	if (cmdline_parse(text, len, options, ARRAY_SIZE(options), CMDLINE_TO_COMMAND, &cmdline) < 0)
		return false;
	name = cmdline.values[SLOT_MACHINE];
	directory = cmdline.values[SLOT_DIRECTORY];
	if (!name && directory) {
		end = strlen(directory);
		while (end > 1 && directory[end - 1] == '/')
			cmdline.values[SLOT_DIRECTORY][--end] = '\0';
		name = strrchr(directory, '/');
		name = name ? name + 1 : directory;
		/* a copy has a random tail to its name */
		if (memmem(text, len, "-x", sizeof("-x")) || memmem(text, len, "--ephemeral", sizeof("--ephemeral")))
			return false;
	}
	if (!name || !machine_is_name(name))
		return false;
	(void)memcpy(ret, name, strlen(name) + 1);
	return true;
}
