/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/cgroup_parse.h"

#include <string.h>

/* A run of bytes within the text. */
struct piece {
	const char *at;
	size_t len;
};

static bool is(struct piece piece, const char *text)
{
	return piece.len == strlen(text) && memcmp(piece.at, text, piece.len) == 0;
}

static bool ends_with(struct piece piece, const char *text, size_t len)
{
	return piece.len >= len && memcmp(piece.at + piece.len - len, text, len) == 0;
}

/* The next line's path and its controllers; false at the end. Lines that are none are passed over. */
static bool next_path(const char **at, const char *end, struct piece *ret_controllers, struct piece *ret)
{
	while (*at < end) {
		const char *line = *at;
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		const char *first = memchr(line, ':', (size_t)(stop - line));
		const char *second = first ? memchr(first + 1, ':', (size_t)(stop - first - 1)) : NULL;

		*at = newline ? newline + 1 : end;
		if (!second || second + 1 == stop || second[1] != '/')
			continue;
		*ret_controllers = (struct piece){ first + 1, (size_t)(second - first - 1) };
		*ret = (struct piece){ second + 1, (size_t)(stop - second - 1) };
		return true;
	}
	return false;
}

/* The next name of a path; false at its end. */
static bool next_name(struct piece *path, struct piece *ret)
{
	const char *slash;

	while (path->len > 0 && *path->at == '/') {
		path->at++;
		path->len--;
	}
	if (path->len == 0)
		return false;
	slash = memchr(path->at, '/', path->len);
	*ret = (struct piece){ path->at, slash ? (size_t)(slash - path->at) : path->len };
	path->at += ret->len;
	path->len -= ret->len;
	return true;
}

static bool is_of(struct piece cgroup, const char *name, size_t name_len)
{
	static const char scope[] = ".scope";

	if (cgroup.len == name_len && memcmp(cgroup.at, name, name_len) == 0)
		return true;
	if (ends_with(cgroup, scope, sizeof(scope) - 1))
		cgroup.len -= sizeof(scope) - 1;
	if (!ends_with(cgroup, name, name_len))
		return false;
	return cgroup.len == name_len || cgroup.at[cgroup.len - name_len - 1] == '-';
}

bool cgroup_has_name(const char *text, size_t len, const char *name)
{
	struct piece controllers, path, cgroup;
	const char *at = text;
	size_t name_len = strlen(name);

	while (next_path(&at, text + len, &controllers, &path)) {
		while (next_name(&path, &cgroup)) {
			if (is_of(cgroup, name, name_len))
				return true;
		}
	}
	return false;
}

/* @path begins with a slash, so that it begins a name; it must end one too. */
static bool goes_through(struct piece found, const char *path, size_t path_len)
{
	const char *end = found.at + found.len;
	const char *at = found.at;

	while ((at = memmem(at, (size_t)(end - at), path, path_len))) {
		if (at + path_len == end || at[path_len] == '/')
			return true;
		at++;
	}
	return false;
}

bool cgroup_has_path(const char *text, size_t len, const char *path)
{
	struct piece controllers, found;
	const char *at = text;
	size_t path_len = strlen(path);

	if (path_len < 2 || path[0] != '/')
		return false;
	while (next_path(&at, text + len, &controllers, &found)) {
		if (goes_through(found, path, path_len))
			return true;
	}
	return false;
}

/* Whether systemd keeps its units in this hierarchy: the unified one, or its own. */
static bool is_systemd(struct piece controllers)
{
	return controllers.len == 0 || is(controllers, "name=systemd");
}

static bool is_service_path(struct piece path, struct piece *ret)
{
	static const char slice[] = ".slice", service[] = ".service";
	struct piece name = { NULL, 0 }, behind;
	bool found = false;

	while (!found && next_name(&path, &name)) {
		if (ends_with(name, slice, sizeof(slice) - 1))
			continue;
		if (!ends_with(name, service, sizeof(service) - 1))
			return false;
		found = true;
	}
	if (!found || next_name(&path, &behind))
		return false;
	/* systemd puts an underscore before a name that looks like a file of the kernel's (cg_escape()) */
	if (name.len > 1 && name.at[0] == '_')
		name = (struct piece){ name.at + 1, name.len - 1 };
	*ret = name;
	return name.len < CGROUP_NAME_MAX;
}

/* A name with a NUL in it, which no kernel gives, is none. */
static bool copy(struct piece piece, char *ret)
{
	if (memchr(piece.at, '\0', piece.len))
		return false;
	memcpy(ret, piece.at, piece.len);
	ret[piece.len] = '\0';
	return true;
}

bool cgroup_service(const char *text, size_t len, char *ret)
{
	struct piece controllers, path, name;
	const char *at = text;

	while (next_path(&at, text + len, &controllers, &path)) {
		if (is_systemd(controllers) && is_service_path(path, &name) && copy(name, ret))
			return true;
	}
	return false;
}

static bool find_lxc(struct piece path, struct piece *ret)
{
	static const char payload[] = "lxc.payload.";
	const size_t payload_len = sizeof(payload) - 1;
	struct piece name;
	bool found = false, below_lxc = false;

	while (next_name(&path, &name)) {
		if (name.len > payload_len && memcmp(name.at, payload, payload_len) == 0) {
			*ret = (struct piece){ name.at + payload_len, name.len - payload_len };
			found = true;
		} else if (below_lxc) {
			*ret = name;
			found = true;
		}
		below_lxc = is(name, "lxc");
	}
	return found && ret->len < CGROUP_NAME_MAX;
}

bool cgroup_lxc(const char *text, size_t len, char *ret)
{
	struct piece controllers, path, name;
	const char *at = text;

	while (next_path(&at, text + len, &controllers, &path)) {
		if (find_lxc(path, &name) && copy(name, ret))
			return true;
	}
	return false;
}
