/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/oci_parse.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "observe/owners/json_text.h"

int oci_parse_config(const char *text, size_t len, const struct oci_annotation *annotations, size_t count,
                     struct oci_config *ret)
{
	_cleanup_(oci_config_free) struct oci_config config = { .cgroup = NULL };
	_cleanup_json_ json_t *root = json_parse_object(text, len, 0);
	const json_t *all = json_object_get(root, "annotations");
	const json_t *linux_part = json_object_get(root, "linux");

	if (!root || !json_is_string(json_object_get(root, "ociVersion")))
		return -EBADMSG;
	for (size_t i = 0; i < count; i++) {
		if (json_copy_text(json_object_get(all, annotations[i].name), &config.values[annotations[i].slot]) < 0)
			return -ENOMEM;
	}
	if (json_copy_text(json_object_get(linux_part, "cgroupsPath"), &config.cgroup) < 0)
		return -ENOMEM;
	*ret = config;
	config = (struct oci_config){ .cgroup = NULL };
	return 0;
}

void oci_config_free(struct oci_config *config)
{
	for (size_t i = 0; i < OCI_SLOTS_MAX; i++)
		free(config->values[i]);
	free(config->cgroup);
	*config = (struct oci_config){ .cgroup = NULL };
}
