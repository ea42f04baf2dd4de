import os from 'node:os';
import { readFileSync } from '../../files/index.js';
import type { Lease } from './application.js';
import { iisnodeVersion } from './child-environment.js';

/** The buffer in which the header is put together, in bytes; its end is a zero (iisnode 0.2.27, cprotocolbridge.cpp AddDebugHeader). */
const bufferSize = 512;

/**
 * Is the header longer than its buffer? Nothing checks that: bytes behind it are overwritten. (unconfirmed) What is known of such buffers is that
 * Windows ends the process; here that is the worker process.
 */
export const overrunsBuffer = (value: string): boolean => value.length >= bufferSize;

/**
 * The value of the `iisnode-debug` header (iisnode 0.2.27, cprotocolbridge.cpp AddDebugHeader). Memory is in KiB; where
 * the system does not report that of another process it is 0.
 */
export function debugHeader(lease: Lease, totalRequests: number, retries: number, requestTime: number): string {
  const own = process.memoryUsage();
  const node = memoryOf(lease.process.pid);
  return [
    `http://bit.ly/NsU2nd#iisnode_ver=${iisnodeVersion}`,
    `node=${lease.process.settings.nodeProcessCommandLine.replace(/[^\t\x20-\x7e]/g, '?')}`,
    `dns=${os.hostname()}`,
    `worker_pid=${process.pid}`,
    `node_pid=${lease.process.pid}`,
    `worker_mem_ws=${Math.floor(own.rss / 1024)}`,
    `worker_mem_pagefile=${Math.floor(own.heapTotal / 1024)}`,
    `node_mem_ws=${node}`,
    `node_mem_pagefile=${node}`,
    `app_processes=${lease.application.processCount}`,
    `process_active_req=${lease.process.active}`,
    `app_active_req=${lease.application.active}`,
    `worker_total_req=${totalRequests}`,
    `np_retry=${retries}`,
    `req_time=${Math.floor(requestTime)}`,
    'hresult=0',
  ].join('&');
}

/** Resident memory in KiB from /proc (proc(5), statm), 0 elsewhere. */
function memoryOf(pid: number): number {
  if (process.platform !== 'linux') return 0;
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 4096).toString().split(' ')[1]) * 4 || 0;
  } catch {
    return 0;
  }
}
