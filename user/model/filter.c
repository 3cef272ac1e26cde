/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/ip.h"

#define WORD_MAX (OWNER_TEXT_MAX + 16) /* the longest text with its key */
#define BLANKS   " \t"

static bool has(const char *text, const char *piece)
{
	return strcasestr(text, piece) != NULL;
}

static bool name_has(const struct netns *ns, const char *piece)
{
	if (has(ns->name, piece))
		return true;
	for (size_t i = 0; i < ns->owner_count; i++) {
		const struct owner *owner = &ns->owners[i];

		if (has(owner->name, piece) || has(owner->pod_name, piece) || has(owner->pod_namespace, piece))
			return true;
	}
	return false;
}

static bool kind_has(const struct netns *ns, const char *piece)
{
	if (has(owner_kind_name(ns->kind), piece))
		return true;
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (has(owner_kind_name(ns->owners[i].kind), piece))
			return true;
	}
	return false;
}

static bool id_has(const struct netns *ns, const char *piece)
{
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (has(ns->owners[i].id, piece))
			return true;
	}
	return false;
}

static bool image_has(const struct netns *ns, const char *piece)
{
	for (size_t i = 0; i < ns->owner_count; i++) {
		if (has(ns->owners[i].image, piece))
			return true;
	}
	return false;
}

static bool netns_has(const struct netns *ns, const char *piece)
{
	char inode[24];

	(void)snprintf(inode, sizeof(inode), "%" PRIu64, ns->inode);
	return has(inode, piece);
}

static bool interface_has(const struct netns *ns, const char *piece)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (has(ns->interfaces[i].name, piece) || has(ns->interfaces[i].peer.name, piece))
			return true;
	}
	return false;
}

static bool bridge_has(const struct netns *ns, const char *piece)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (has(ns->interfaces[i].bridge, piece))
			return true;
	}
	return false;
}

static bool address_text_has(const struct interface *interface, const char *piece)
{
	char text[64];

	for (size_t i = 0; i < interface->address_count; i++) {
		address_format(&interface->addresses[i], text, sizeof(text));
		if (has(text, piece))
			return true;
	}
	return false;
}

/* A piece of the address as it is shown; or a whole address, however it is written ("fd00:0::2"). */
static bool address_has(const struct netns *ns, const char *piece)
{
	struct ip ip;

	if (ip_parse(piece, &ip) && netns_has_ip(ns, &ip))
		return true;
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (address_text_has(&ns->interfaces[i], piece))
			return true;
	}
	return false;
}

static const struct field {
	const char *key;
	bool (*has)(const struct netns *ns, const char *piece);
} fields[] = {
	{ "name", name_has },   { "kind", kind_has },           { "id", id_has },         { "image", image_has },
	{ "netns", netns_has }, { "interface", interface_has }, { "bridge", bridge_has }, { "address", address_has },
};

/* The field of "key=value"; NULL where the word is no more than text. */
static const struct field *field_of(const char *word, const char **ret_value)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t len = strlen(fields[i].key);

		if (strncasecmp(word, fields[i].key, len) == 0 && word[len] == '=') {
			*ret_value = word + len + 1;
			return &fields[i];
		}
	}
	return NULL;
}

static bool any_field_has(const struct netns *ns, const char *piece)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].has(ns, piece))
			return true;
	}
	return false;
}

/* A word without text ("!", "kind=") is one that is still being typed: it holds. */
static bool word_holds(const struct netns *ns, const char *word)
{
	bool wanted = word[0] != '!';
	const char *text = wanted ? word : word + 1;
	const struct field *field = field_of(text, &text);

	if (text[0] == '\0')
		return true;
	return (field ? field->has(ns, text) : any_field_has(ns, text)) == wanted;
}

bool query_matches(const struct netns *ns, const char *filter)
{
	char word[WORD_MAX];

	for (filter += strspn(filter, BLANKS); *filter; filter += strspn(filter, BLANKS)) {
		size_t len = strcspn(filter, BLANKS);

		if (len < sizeof(word)) {
			memcpy(word, filter, len);
			word[len] = '\0';
			if (!word_holds(ns, word))
				return false;
		} else if (filter[0] != '!') {
			return false; /* longer than any text of a snapshot */
		}
		filter += len;
	}
	return true;
}
