import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { errorName, NetfilterQueueError } from './error.ts';
import { readQueueStatus } from './queue-status.ts';

/**
 * The kernel says EPERM both to a process without the capability and to one that asks for a queue another socket has
 * bound. `open` therefore asks twice: first something that needs the capability and no queue, then for the queue.
 * Source: nfnetlink_rcv() and nfqnl_recv_config() in the kernel's net/netfilter.
 */
const { EPERM, EBUSY, EINVAL, EOPNOTSUPP } = constants.errno;

/** What a refused probe means. */
export function probeRefused(errorNumber: number): NetfilterQueueError {
  if (errorNumber === EPERM) {
    return new NetfilterQueueError(
      'not-permitted',
      'reading packets from the kernel takes the capability CAP_NET_ADMIN in this network namespace: run as root, or ' +
        'give the service AmbientCapabilities=CAP_NET_ADMIN',
      errorNumber,
    );
  }
  if (errorNumber === EINVAL || errorNumber === EOPNOTSUPP) {
    return new NetfilterQueueError(
      'no-kernel-support',
      'this kernel has no nfnetlink_queue: load it with "modprobe nfnetlink_queue", or use a kernel built with ' +
        'CONFIG_NETFILTER_NETLINK_QUEUE',
      errorNumber,
    );
  }
  return unexpected('asking for permission', errorNumber);
}

/** What a refused bind means, once the probe has succeeded. */
export function bindRefused(queue: number, errorNumber: number): NetfilterQueueError {
  if (errorNumber === EPERM || errorNumber === EBUSY) {
    return new NetfilterQueueError(
      'queue-taken',
      `queue ${queue} is already bound${holder(queue)}: stop that program, or use another queue number both here and ` +
        'in the firewall rule',
      errorNumber,
    );
  }
  if (errorNumber === EOPNOTSUPP) {
    return new NetfilterQueueError(
      'option-refused',
      `this kernel's nfnetlink_queue does not know "gso" (Linux 3.10) or "failOpen" (Linux 3.6): turn them off, or ` +
        'use a newer kernel',
      errorNumber,
    );
  }
  return unexpected(`binding queue ${queue}`, errorNumber);
}

function unexpected(request: string, errorNumber: number): NetfilterQueueError {
  return new NetfilterQueueError(
    'system-call-failed',
    `the kernel refused ${request} with ${errorName(errorNumber)}: see the kernel's log (dmesg)`,
    errorNumber,
  );
}

/** A netlink port is numbered after its process, unless the process has several. */
function holder(queue: number): string {
  const portId = readQueueStatus(queue)?.portId;
  if (portId === undefined) return ' by another program';
  try {
    return ` by process ${portId} (${readFileSync(`/proc/${portId}/comm`, 'utf8').trim()})`;
  } catch {
    return ` by another program (netlink port ${portId})`;
  }
}
