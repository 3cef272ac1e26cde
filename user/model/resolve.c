/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "model/ip.h"

#define ID_PREFIX_MIN 4

/* What the name may be, read once. */
struct handle {
	const char *text;
	size_t len;
	uint64_t number; /* 0: no decimal number */
	bool is_ip;
	struct ip ip;
	bool is_mac;
	uint8_t mac[6];
	uint64_t observing_inode;
};

/* How well a namespace answers to a name. Only those that answer best are meant. */
enum answer {
	ANSWER_NONE,
	ANSWER_PREFIX_GONE,
	ANSWER_PREFIX,
	ANSWER_EXACT_GONE,
	ANSWER_EXACT,
};

static bool parse_mac(const char *text, uint8_t ret[6])
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned int bytes[6];

	if (strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		/* sscanf alone takes blanks and signs */
		if (strspn(text + i * 3, digits) < 2 || (i < 5 && text[i * 3 + 2] != ':'))
			return false;
		if (sscanf(text + i * 3, "%2x", &bytes[i]) != 1)
			return false;
		ret[i] = (uint8_t)bytes[i];
	}
	return true;
}

static struct handle handle_of(uint64_t observing_inode, const char *text)
{
	struct handle handle = {
		.text = text,
		.len = strlen(text),
		.observing_inode = observing_inode,
	};

	if (parse_u64(text, 1, UINT64_MAX, &handle.number) < 0)
		handle.number = 0;
	handle.is_ip = ip_parse(text, &handle.ip);
	handle.is_mac = parse_mac(text, handle.mac);
	return handle;
}

/* Whether @text is "before/after". */
static bool is_pair(const char *text, const char *before, const char *after)
{
	size_t len = strlen(before);

	return len > 0 && strncmp(text, before, len) == 0 && text[len] == '/' && after[0] != '\0' &&
	       strcmp(text + len + 1, after) == 0;
}

static bool is_owner(const struct handle *handle, const struct owner *owner)
{
	return strcmp(owner->name, handle->text) == 0 || strcmp(owner->id, handle->text) == 0 ||
	       strcmp(owner->pod_name, handle->text) == 0 ||
	       is_pair(handle->text, owner_kind_name(owner->kind), owner->name) ||
	       is_pair(handle->text, owner->pod_namespace, owner->pod_name) ||
	       (owner->pid > 0 && handle->number == (uint64_t)owner->pid);
}

static bool is_host_end(const struct handle *handle, const struct peer *peer)
{
	return peer->known && peer->netns == handle->observing_inode && strcmp(peer->name, handle->text) == 0;
}

static bool is_interface(const struct handle *handle, const struct interface *interface)
{
	if (handle->is_mac && interface->has_mac && memcmp(interface->mac, handle->mac, sizeof(interface->mac)) == 0)
		return true;
	return is_host_end(handle, &interface->peer);
}

static bool is_namespace(const struct handle *handle, const struct netns *ns)
{
	if (handle->number != 0 && handle->number == ns->inode)
		return true;
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (is_owner(handle, &ns->owners[i]))
			return true;
	}
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (is_interface(handle, &ns->interfaces[i]))
			return true;
	}
	return handle->is_ip && netns_has_ip(ns, &handle->ip);
}

static bool is_id_prefix(const struct handle *handle, const struct owner *owner)
{
	return handle->len >= ID_PREFIX_MIN && strncmp(owner->id, handle->text, handle->len) == 0;
}

static bool has_id_prefix(const struct handle *handle, const struct netns *ns)
{
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (is_id_prefix(handle, &ns->owners[i]))
			return true;
	}
	return false;
}

static enum answer answer_of(const struct handle *handle, const struct netns *ns)
{
	if (is_namespace(handle, ns))
		return ns->gone ? ANSWER_EXACT_GONE : ANSWER_EXACT;
	if (has_id_prefix(handle, ns))
		return ns->gone ? ANSWER_PREFIX_GONE : ANSWER_PREFIX;
	return ANSWER_NONE;
}

int query_resolve(const struct snapshot *snap, const char *name, const struct netns ***ret, size_t *ret_count)
{
	const struct handle handle = handle_of(snap->observing_inode, name);
	_cleanup_free_ const struct netns **found = calloc(snap->namespace_count + 1, sizeof(*found));
	enum answer best = ANSWER_NONE;
	size_t count = 0;

	if (!found)
		return -ENOMEM;
	for (size_t i = 0; handle.len > 0 && i < snap->namespace_count; i++) {
		enum answer answer = answer_of(&handle, &snap->namespaces[i]);

		if (answer == ANSWER_NONE || answer < best)
			continue;
		if (answer > best)
			count = 0;
		best = answer;
		found[count++] = &snap->namespaces[i];
	}
	*ret = count > 0 ? TAKE_PTR(found) : NULL;
	*ret_count = count;
	return 0;
}

const struct owner *query_owner(const struct netns *ns, const char *name)
{
	const struct handle handle = handle_of(0, name);

	for (size_t i = 0; i < ns->owner_count; i++) {
		if (is_owner(&handle, &ns->owners[i]))
			return &ns->owners[i];
	}
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (is_id_prefix(&handle, &ns->owners[i]))
			return &ns->owners[i];
	}
	return NULL;
}
