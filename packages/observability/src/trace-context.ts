import { randomFillSync } from 'node:crypto';

/** W3C Trace Context, level 1: `00-<trace id>-<parent id>-<flags>`. */
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Starts a sampled trace. */
export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

/** Continues the trace of `parent` in a new span, or starts one when `parent` is missing or malformed. */
export function childTraceparent(parent: string | undefined): string {
  const match = parent === undefined ? null : pattern.exec(parent);
  if (!match) return newTraceparent();
  return `00-${match[1]}-${randomHex(8)}-${match[3]}`;
}

/** The trace id within a traceparent; undefined when it is malformed. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : pattern.exec(traceparent)?.[1];
}

// Every request and every message needs a span id; asking the operating system for 4 KiB at once makes them cheap.
const pool = Buffer.allocUnsafe(4_096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
