/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/handle.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define ID_PREFIX_MIN 4

/* In the kernel's form, "02:42:ac:11:00:02", or with dashes. */
static bool parse_mac(const char *text, uint8_t ret[6])
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned int bytes[6];

	if (strlen(text) != 17 || (text[2] != ':' && text[2] != '-'))
		return false;
	for (size_t i = 0; i < 6; i++) {
		/* sscanf alone takes blanks and signs */
		if (strspn(text + i * 3, digits) < 2 || (i < 5 && text[i * 3 + 2] != text[2]))
			return false;
		if (sscanf(text + i * 3, "%2x", &bytes[i]) != 1)
			return false;
		ret[i] = (uint8_t)bytes[i];
	}
	return true;
}

struct handle handle_read(const char *text)
{
	struct handle handle = { .text = text, .len = strlen(text) };
	const char *colon = strrchr(text, ':');

	if (parse_u64(text, 1, UINT64_MAX, &handle.number) < 0)
		handle.number = 0;
	handle.is_ip = ip_parse(text, &handle.ip);
	handle.is_mac = parse_mac(text, handle.mac);
	if (colon && colon[1] && !handle.is_ip && !handle.is_mac)
		handle.owner_len = (size_t)(colon - text);
	return handle;
}

/* Whether @text is "before/after". */
static bool is_pair(const char *text, const char *before, const char *after)
{
	size_t len = strlen(before);

	return len > 0 && strncmp(text, before, len) == 0 && text[len] == '/' && after[0] != '\0' &&
	       strcmp(text + len + 1, after) == 0;
}

bool handle_is_owner(const struct handle *handle, const struct owner *owner)
{
	return strcmp(owner->name, handle->text) == 0 || strcmp(owner->id, handle->text) == 0 ||
	       strcmp(owner->pod_name, handle->text) == 0 ||
	       is_pair(handle->text, owner_kind_name(owner->kind), owner->name) ||
	       is_pair(handle->text, owner->pod_namespace, owner->pod_name) ||
	       (owner->pid > 0 && handle->number == (uint64_t)owner->pid);
}

bool handle_is_netns(const struct handle *handle, const struct netns *ns)
{
	if (handle->number != 0 && handle->number == ns->inode)
		return true;
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (handle_is_owner(handle, &ns->owners[i]))
			return true;
	}
	return false;
}

bool handle_begins_id(const struct handle *handle, const struct owner *owner)
{
	return handle->len >= ID_PREFIX_MIN && strncmp(owner->id, handle->text, handle->len) == 0;
}

bool handle_is_id_prefix(const struct handle *handle, const struct netns *ns)
{
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (handle_begins_id(handle, &ns->owners[i]))
			return true;
	}
	return false;
}

bool handle_is_mac(const struct handle *handle, bool has_mac, const uint8_t mac[6])
{
	return handle->is_mac && has_mac && memcmp(mac, handle->mac, sizeof(handle->mac)) == 0;
}
