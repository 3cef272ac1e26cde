/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/oci_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/json_text.h"

/*
 * An engine that makes a namespace for a container gives a mount of it, or leaves it to the runtime; that of another container it gives by
 * that one's process (Podman's addNamespaceContainer(), containerd's and nerdctl's WithLinuxNamespace()).
 */
static bool is_joined(const json_t *namespaces)
{
	static const char of_process[] = "/proc/";
	const json_t *one;
	size_t i;

	json_array_foreach(namespaces, i, one)
	{
		const char *type = json_string_value(json_object_get(one, "type"));
		const char *path = json_string_value(json_object_get(one, "path"));

		if (type && path && strcmp(type, "network") == 0)
			return strncmp(path, of_process, sizeof(of_process) - 1) == 0;
	}
	return false;
}

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
	config.joined = is_joined(json_object_get(linux_part, "namespaces"));
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
