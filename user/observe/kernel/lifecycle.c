/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/lifecycle.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "ctnet_lifecycle.h"
#include "lifecycle.skel.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/lifecycle_decode.h"
#include "observe/kernel/load_fault.h"
#include "observe/kernel/missed.h"
#include "observe/kernel/probe_table.h"

#define BTF_PATH      "/sys/kernel/btf/vmlinux"
#define KPROBE_PATH   "/sys/bus/event_source/devices/kprobe/type" /* 4.17, commit e12f03d7031a */
#define LOCKDOWN_PATH "/sys/kernel/security/lockdown"

/* Prefix of the names that no kernel function has. */
#define ABSENT_PREFIX "ctnet_absent_"

struct lifecycle_probes {
	struct lifecycle_bpf *skel;
	struct ring_buffer *ring;
	struct bpf_link *links[PROBES];
	const struct probe_place *places[PROBES]; /* where it is attached; NULL: nowhere */
	struct probe_status status[PROBES];
	lifecycle_event_fn *deliver; /* while lifecycle_dispatch() runs */
	void *user;
	uint64_t malformed;
};

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static void restore_print(const libbpf_print_fn_t *print)
{
	(void)libbpf_set_print(*print);
}

/* libbpf reports a missing symbol as a warning on stderr; here it is an ordinary answer, put into words by us. */
#define _quiet_libbpf_                                                                                                 \
	__attribute__((cleanup(restore_print), unused)) libbpf_print_fn_t print_before = libbpf_set_print(say_nothing)

/* ---------------------------------------------------------------- what the kernel allows */

static bool locked_down(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	return file_read_at(AT_FDCWD, LOCKDOWN_PATH, 256, &text) == 0 && text.data &&
	       strstr(text.data, "[confidentiality]");
}

static int check_kernel(struct fault *fault)
{
	if (access(BTF_PATH, F_OK) != 0 && errno == ENOENT)
		return fault_set(fault, -EOPNOTSUPP, EXIT_CODE_KERNEL_LACKS,
		                 "no exact lifecycle: this kernel has no BTF (%s; CONFIG_DEBUG_INFO_BTF)", BTF_PATH);
	if (access(KPROBE_PATH, F_OK) != 0 && errno == ENOENT)
		return fault_set(fault, -EOPNOTSUPP, EXIT_CODE_KERNEL_LACKS,
		                 "no exact lifecycle: this kernel has no kprobes (%s; CONFIG_KPROBE_EVENTS)",
		                 KPROBE_PATH);
	if (locked_down())
		return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED,
		                 "no exact lifecycle: the kernel is locked down and refuses kprobes "
		                 "(lockdown=confidentiality; integrity would do)");
	return 0;
}

static int refused(int error, const char *what, struct fault *fault)
{
	const char *withheld = bpf_withheld(error);

	if (withheld)
		return fault_set(fault, error, error == -EPERM ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_KERNEL_LACKS,
		                 "no exact lifecycle: %s", withheld);
	if (error == -EPERM || error == -EACCES)
		return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED,
		                 "no exact lifecycle: %s is not permitted; it needs CAP_BPF and CAP_PERFMON "
		                 "(run with sudo), and a kernel that is not locked down",
		                 what);
	return fault_set(fault, error, EXIT_CODE_KERNEL_LACKS, "no exact lifecycle: %s fails: %s", what,
	                 strerror(-error));
}

/* ---------------------------------------------------------------- attaching */

static bool listed(const char *const *list, const char *name)
{
	for (; list && *list; list++) {
		if (strcmp(*list, name) == 0)
			return true;
	}
	return false;
}

static int attach_place(struct lifecycle_probes *probes, const struct probe_place *place, const char *const *absent,
                        struct bpf_link **ret)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = place->on_return);
	struct bpf_program *program = bpf_object__find_program_by_name(probes->skel->obj, place->program);
	char symbol[128];
	struct bpf_link *link;

	if (!program)
		return -ENOENT;
	(void)snprintf(symbol, sizeof(symbol), "%s%s", listed(absent, place->symbol) ? ABSENT_PREFIX : "",
	               place->symbol);
	link = bpf_program__attach_kprobe_opts(program, symbol, &opts);
	if (!link)
		return -errno;
	*ret = link;
	return 0;
}

static void explain(const struct probe *probe, int error, struct probe_status *status)
{
	if (error == -ENOENT)
		(void)snprintf(status->why, sizeof(status->why), "this kernel has no function %s%s",
		               probe->places[0].symbol,
		               probe->places[1].symbol ? " or one that could stand for it" : "");
	else
		(void)snprintf(status->why, sizeof(status->why), "%s: %s", probe->places[0].symbol, strerror(-error));
}

/* Returns 0, or the error of the first place. */
static int attach_probe(struct lifecycle_probes *probes, enum probe_id id, const char *const *absent)
{
	const struct probe *probe = &probe_table[id];
	struct probe_status *status = &probes->status[id];
	int first_error = 0;

	*status = (struct probe_status){ .name = probe->name, .symbol = probe->places[0].symbol };
	for (size_t i = 0; i < PROBE_PLACES && probe->places[i].symbol; i++) {
		int error = attach_place(probes, &probe->places[i], absent, &probes->links[id]);

		if (error == 0) {
			probes->places[id] = &probe->places[i];
			status->symbol = probe->places[i].symbol;
			status->attached = true;
			return 0;
		}
		first_error = first_error ?: error;
	}
	explain(probe, first_error, status);
	return first_error;
}

/* Returns 0 if any probe is attached, else the first error. */
static int attach_all(struct lifecycle_probes *probes, const char *const *absent, struct fault *fault)
{
	int first_error = 0;
	bool any = false;

	for (enum probe_id id = 0; id < PROBES; id++) {
		int error = attach_probe(probes, id, absent);

		any |= error == 0;
		if (first_error == 0)
			first_error = error;
	}
	if (any)
		return 0;
	if (first_error == -ENOENT)
		return fault_set(fault, -EOPNOTSUPP, EXIT_CODE_KERNEL_LACKS,
		                 "no exact lifecycle: this kernel has none of the functions to be watched");
	return refused(first_error, "attaching kprobes", fault);
}

static int deliver_record(void *context, void *data, size_t size)
{
	struct lifecycle_probes *probes = context;
	struct lifecycle_event event;

	if (lifecycle_decode(data, size, &event) == 0)
		probes->deliver(&event, probes->user);
	else
		probes->malformed++;
	return 0;
}

static int load(struct lifecycle_probes *probes, uint32_t ring_bytes, struct fault *fault)
{
	int error;

	probes->skel = lifecycle_bpf__open();
	if (!probes->skel)
		return refused(-errno, "opening the program", fault);
	error = bpf_map__set_max_entries(probes->skel->maps.ctnet_events, ring_bytes);
	if (error == 0)
		error = lifecycle_bpf__load(probes->skel);
	if (error)
		return refused(error, "loading the program", fault);
	probes->ring = ring_buffer__new(bpf_map__fd(probes->skel->maps.ctnet_events), deliver_record, probes, NULL);
	return probes->ring ? 0 : refused(-errno, "mapping the ring buffer", fault);
}

int lifecycle_open(const struct lifecycle_options *options, struct lifecycle_probes **ret, struct fault *fault)
{
	static const struct lifecycle_options defaults;
	_cleanup_lifecycle_ struct lifecycle_probes *probes = NULL;
	_quiet_libbpf_;
	int error = check_kernel(fault);

	if (error)
		return error;
	if (!options)
		options = &defaults;
	probes = calloc(1, sizeof(*probes));
	if (!probes)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	error = load(probes, options->ring_bytes ?: LIFECYCLE_RING_BYTES, fault);
	if (error)
		return error;
	error = attach_all(probes, options->absent, fault);
	if (error)
		return error;
	*ret = TAKE_PTR(probes);
	return 0;
}

/* ---------------------------------------------------------------- reading */

int lifecycle_fd(const struct lifecycle_probes *probes)
{
	return ring_buffer__epoll_fd(probes->ring);
}

int lifecycle_dispatch(struct lifecycle_probes *probes, lifecycle_event_fn *deliver, void *user)
{
	probes->deliver = deliver;
	probes->user = user;
	return ring_buffer__consume(probes->ring);
}

static uint64_t missed(const struct lifecycle_probes *probes, enum probe_id id)
{
	const struct bpf_program *program;

	if (!probes->links[id])
		return 0;
	program = bpf_object__find_program_by_name(probes->skel->obj, probes->places[id]->program);
	return missed_by_kprobe(bpf_link__fd(probes->links[id])) +
	       (program ? missed_by_program(bpf_program__fd(program)) : 0);
}

/* A return probe runs out of instances in a burst, and not every kernel tells: no total of one is called exact. */
static bool exact(const struct lifecycle_probes *probes, enum probe_id id)
{
	return probes->links[id] && !probes->places[id]->on_return && missed(probes, id) == 0;
}

void lifecycle_read(const struct lifecycle_probes *probes, struct lifecycle *ret)
{
	lifecycle_decode_totals(&probes->skel->bss->ctnet_totals, ret);
	ret->exact = exact(probes, PROBE_CREATED) && exact(probes, PROBE_DESTROYED);
}

uint64_t lifecycle_seen(const struct lifecycle_probes *probes, enum ctnet_event_kind kind)
{
	return __atomic_load_n(&probes->skel->bss->ctnet_totals.seen[kind], __ATOMIC_RELAXED);
}

uint64_t lifecycle_failed(const struct lifecycle_probes *probes)
{
	return __atomic_load_n(&probes->skel->bss->ctnet_totals.failed, __ATOMIC_RELAXED);
}

void lifecycle_losses(const struct lifecycle_probes *probes, struct lifecycle_losses *ret)
{
	const struct ctnet_lifecycle_totals *totals = &probes->skel->bss->ctnet_totals;

	*ret = (struct lifecycle_losses){
		.malformed = probes->malformed,
		.untimed = __atomic_load_n(&totals->untimed, __ATOMIC_RELAXED),
	};
	for (size_t i = 0; i < CTNET_EVENT_KINDS; i++)
		ret->events[i] = __atomic_load_n(&totals->lost[i], __ATOMIC_RELAXED);
	for (enum probe_id id = 0; id < PROBES; id++)
		ret->missed += missed(probes, id);
}

const struct probe_status *lifecycle_status(const struct lifecycle_probes *probes, size_t *ret_count)
{
	*ret_count = PROBES;
	return probes->status;
}

int lifecycle_price(const struct lifecycle_probes *probes, struct kernel_price *price)
{
	return kernel_price_add(price, probes->skel->obj);
}

void lifecycle_free(struct lifecycle_probes *probes)
{
	if (!probes)
		return;
	for (enum probe_id id = 0; id < PROBES; id++)
		(void)bpf_link__destroy(probes->links[id]);
	ring_buffer__free(probes->ring);
	lifecycle_bpf__destroy(probes->skel);
	free(probes);
}

void lifecycle_freep(struct lifecycle_probes **probes)
{
	lifecycle_free(*probes);
}
