/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/crio_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/json_text.h"
#include "observe/owners/oci_parse.h"

enum {
	SLOT_MANAGER,
	SLOT_TYPE,
	SLOT_ID,
	SLOT_POD_ID,
	SLOT_POD,
	SLOT_METADATA,
	SLOT_IMAGE,
};

static const struct oci_annotation annotations[] = {
	{ "io.container.manager", SLOT_MANAGER },        { "io.kubernetes.cri-o.ContainerType", SLOT_TYPE },
	{ "io.kubernetes.cri-o.ContainerID", SLOT_ID },  { "io.kubernetes.cri-o.SandboxID", SLOT_POD_ID },
	{ "io.kubernetes.cri-o.SandboxName", SLOT_POD }, { "io.kubernetes.cri-o.Metadata", SLOT_METADATA },
	{ "io.kubernetes.cri-o.ImageName", SLOT_IMAGE },
};

static bool is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

/* "k8s_NAME_NAMESPACE_UID_ATTEMPT"; no name in Kubernetes holds an underscore (RFC 1123). */
static int take_pod(const char *text, struct container *container)
{
	static const char head[] = "k8s_";
	const char *parts[4];
	size_t count = 1;

	if (!text || strncmp(text, head, sizeof(head) - 1) != 0)
		return 0;
	parts[0] = text + sizeof(head) - 1;
	for (const char *at = parts[0]; (at = strchr(at, '_')); count++) {
		if (count == ARRAY_SIZE(parts))
			return 0;
		parts[count] = ++at;
	}
	if (count != ARRAY_SIZE(parts))
		return 0;
	container->pod_name = strndup(parts[0], (size_t)(parts[1] - parts[0] - 1));
	container->pod_namespace = strndup(parts[1], (size_t)(parts[2] - parts[1] - 1));
	return container->pod_name && container->pod_namespace ? 0 : -ENOMEM;
}

/* Of the metadata that came with the request: {"name":"nginx","attempt":1} */
static int take_name(const char *metadata, struct container *container)
{
	_cleanup_json_ json_t *json = metadata ? json_parse_object(metadata, strlen(metadata), 0) : NULL;

	return json_copy_text(json_object_get(json, "name"), &container->name);
}

int crio_parse_config(const char *text, size_t len, const char *id, struct container *ret)
{
	_cleanup_(container_free) struct container container = { .kind = OWNER_CRIO };
	_cleanup_(oci_config_free) struct oci_config config = { .cgroup = NULL };
	int r = oci_parse_config(text, len, annotations, ARRAY_SIZE(annotations), &config);

	if (r < 0)
		return r;
	if (!is(config.values[SLOT_MANAGER], "cri-o") || !is(config.values[SLOT_ID], id))
		return -EBADMSG;
	container.id = strdup(id);
	if (!container.id || take_pod(config.values[SLOT_POD], &container) < 0 ||
	    take_name(config.values[SLOT_METADATA], &container) < 0)
		return -ENOMEM;
	container.pod_id = TAKE_PTR(config.values[SLOT_POD_ID]);
	container.image = TAKE_PTR(config.values[SLOT_IMAGE]);
	container.cgroup = TAKE_PTR(config.cgroup);
	container.joined = config.joined;
	if (is(config.values[SLOT_TYPE], "sandbox") && container_name_pod(&container) < 0)
		return -ENOMEM;
	*ret = container;
	container = (struct container){ .pid = 0 };
	return 0;
}
