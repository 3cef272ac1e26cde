/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/handle.h"

/* How well a namespace answers to a name. Only those that answer best are meant. */
enum answer {
	ANSWER_NONE,
	ANSWER_PREFIX_GONE,
	ANSWER_PREFIX,
	ANSWER_EXACT_GONE,
	ANSWER_EXACT,
};

static bool is_interface(const struct snapshot *snap, const struct handle *handle, const struct interface *interface)
{
	const struct peer *peer = &interface->peer;

	if (handle_is_mac(handle, interface->has_mac, interface->mac))
		return true;
	return peer->known && peer->netns == snap->observing_inode && strcmp(peer->name, handle->text) == 0;
}

static bool is_namespace(const struct snapshot *snap, const struct handle *handle, const struct netns *ns)
{
	if (handle_is_netns(handle, ns))
		return true;
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (is_interface(snap, handle, &ns->interfaces[i]))
			return true;
	}
	return handle->is_ip && netns_has_ip(ns, &handle->ip);
}

static enum answer answer_of(const struct snapshot *snap, const struct handle *handle, const struct netns *ns)
{
	if (is_namespace(snap, handle, ns))
		return ns->gone ? ANSWER_EXACT_GONE : ANSWER_EXACT;
	if (handle_is_id_prefix(handle, ns))
		return ns->gone ? ANSWER_PREFIX_GONE : ANSWER_PREFIX;
	return ANSWER_NONE;
}

static size_t find(const struct snapshot *snap, const struct handle *handle, const struct netns **found)
{
	enum answer best = ANSWER_NONE;
	size_t count = 0;

	for (size_t i = 0; handle->len > 0 && i < snap->namespace_count; i++) {
		enum answer answer = answer_of(snap, handle, &snap->namespaces[i]);

		if (answer == ANSWER_NONE || answer < best)
			continue;
		if (answer > best)
			count = 0;
		best = answer;
		found[count++] = &snap->namespaces[i];
	}
	return count;
}

static bool has_interface(const struct netns *ns, const char *name)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (strcmp(ns->interfaces[i].name, name) == 0)
			return true;
	}
	return false;
}

/* "box:eth0": of those that the first part means, the ones that have such an interface. */
static int find_by_interface(const struct snapshot *snap, const struct handle *whole, const struct netns **found,
                             size_t *ret_count)
{
	_cleanup_free_ char *owner = strndup(whole->text, whole->owner_len);
	const char *interface = whole->text + whole->owner_len + 1;
	struct handle handle;
	size_t count;

	if (!owner)
		return -ENOMEM;
	handle = handle_read(owner);
	count = find(snap, &handle, found);
	*ret_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (has_interface(found[i], interface))
			found[(*ret_count)++] = found[i];
	}
	return 0;
}

int query_resolve(const struct snapshot *snap, const char *name, const struct netns ***ret, size_t *ret_count)
{
	const struct handle handle = handle_read(name);
	_cleanup_free_ const struct netns **found = calloc(snap->namespace_count + 1, sizeof(*found));
	size_t count;

	if (!found)
		return -ENOMEM;
	count = find(snap, &handle, found);
	if (count == 0 && handle.owner_len > 0) {
		int r = find_by_interface(snap, &handle, found, &count);

		if (r < 0)
			return r;
	}
	*ret = count > 0 ? TAKE_PTR(found) : NULL;
	*ret_count = count;
	return 0;
}

const struct owner *query_owner(const struct netns *ns, const char *name)
{
	const struct handle handle = handle_read(name);

	for (size_t i = 0; i < ns->owner_count; i++) {
		if (handle_is_owner(&handle, &ns->owners[i]))
			return &ns->owners[i];
	}
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (handle_begins_id(&handle, &ns->owners[i]))
			return &ns->owners[i];
	}
	return NULL;
}
