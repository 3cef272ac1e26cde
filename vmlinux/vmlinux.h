/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's types as far as the programs in bpf/ read them, kept by hand so that a build needs neither kernel headers nor
 * BTF. `make VMLINUX=full` builds against the running kernel's own dump instead, as a check. Each section names its reader.
 */
#pragma once

/* ---------------------------------------------------------------- every program (bpf_helpers.h wants these) */

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;

typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

typedef _Bool bool;

enum {
	false = 0,
	true = 1,
};

/* ---------------------------------------------------------------- bpf/traffic.bpf.c */

/* uapi/linux/bpf.h: these numbers are the kernel's ABI and the same in every version. */
enum bpf_map_type {
	BPF_MAP_TYPE_UNSPEC = 0,
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum {
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024, /* 5.5, commit fc9702273e2e */
};

/*
 * The context of a tc program. ABI as well: the verifier rewrites each access to the field of struct sk_buff it stands
 * for, so nothing is relocated here.
 */
struct __sk_buff {
	__u32 len;
	__u32 pkt_type;
	__u32 mark;
	__u32 queue_mapping;
	__u32 protocol;
	__u32 vlan_present;
	__u32 vlan_tci;
	__u32 vlan_proto;
	__u32 priority;
	__u32 ingress_ifindex;
	__u32 ifindex;
	__u32 tc_index;
	__u32 cb[5];
	__u32 hash;
	__u32 tc_classid;
	__u32 data;
	__u32 data_end;
	__u32 napi_id;
	__u32 family;
	__u32 remote_ip4;
	__u32 local_ip4;
	__u32 remote_ip6[4];
	__u32 local_ip6[4];
	__u32 remote_port;
	__u32 local_port;
	__u32 data_meta;
	__u64 flow_keys; /* a pointer in 64 bits */
	__u64 tstamp;
	__u32 wire_len;
	__u32 gso_segs;
	__u64 sk; /* a pointer in 64 bits */
	__u32 gso_size;
	__u8 tstamp_type;
	__u32 : 24;
	__u64 hwtstamp;
};

/* ---------------------------------------------------------------- bpf/lifecycle.bpf.c */

/* bpf_tracing.h then takes the kernel's own names of the registers. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__
#endif

/* uapi/linux/bpf.h, flag of bpf_map_update_elem(). */
enum {
	BPF_ANY = 0,
};

/* The registers that hold arguments and the return value; struct pt_regs is the ABI of a kprobe program. */
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
	__u64 net_cookie; /* a plain number since 5.12, commit 3d368ab87cf6; an atomic64_t before */
};

typedef struct {
	struct net *net;
} possible_net_t;

struct rtnl_link_ops {
	const char *kind;
};

struct net_device {
	char name[16];
	int ifindex;
	unsigned int flags;
	possible_net_t nd_net;
	const struct rtnl_link_ops *rtnl_link_ops;
};

/* ---------------------------------------------------------------- bpf/inner.bpf.c */

struct sk_buff {
	struct net_device *dev;
};

/* ---------------------------------------------------------------- bpf/tasks.bpf.c (and struct ns_common, struct net) */

struct nsproxy {
	struct net *net_ns;
};

struct task_struct {
	int pid;
	int tgid;
	__u64 start_boottime; /* 5.5, commit cf25e24db61c; real_start_time before */
	char comm[16];
	struct nsproxy *nsproxy;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop
