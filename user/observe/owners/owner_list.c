/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/owners/owners.h"

static int copy_clean(struct arena *arena, const char *text, const char **ret)
{
	char clean[OWNER_TEXT_MAX];

	*ret = "";
	if (!text || !*text)
		return 0;
	(void)text_clean(text, strlen(text), clean, sizeof(clean));
	*ret = arena_strndup(arena, clean, sizeof(clean));
	return *ret ? 0 : -ENOMEM;
}

int owner_list_add(struct owner_list *list, const struct owner_seen *seen)
{
	const struct owner *owner = &seen->owner;
	struct owner_seen copy = *seen;
	const struct {
		const char *from;
		const char **to;
	} texts[] = {
		{ owner->name, &copy.owner.name },
		{ owner->id, &copy.owner.id },
		{ owner->image, &copy.owner.image },
		{ owner->pod_name, &copy.owner.pod_name },
		{ owner->pod_namespace, &copy.owner.pod_namespace },
	};

	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 64;
		struct owner_seen *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->items = grown;
		list->cap = cap;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (copy_clean(&list->arena, texts[i].from, texts[i].to) < 0)
			return -ENOMEM;
	}
	list->items[list->count++] = copy;
	return 0;
}

void owner_list_reset(struct owner_list *list)
{
	arena_reset(&list->arena);
	list->count = 0;
}

void owner_list_free(struct owner_list *list)
{
	arena_free(&list->arena);
	free(list->items);
	*list = (struct owner_list){ .arena = ARENA_INIT };
}
