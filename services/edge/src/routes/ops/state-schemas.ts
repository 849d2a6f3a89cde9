import { z } from 'zod';
import { instant } from '../fields.js';

const report = {
  reportedAt: instant,
  stale: z.boolean().describe('It has not reported for 30 s: what it said last may no longer be true.'),
};

export const instanceSchema = z
  .object({
    instanceId: z.uuid(),
    version: z.string().describe('`SERVICE_VERSION` of the instance.'),
    ready: z.boolean(),
    startedAt: instant,
    ...report,
  })
  .meta({ id: 'ServiceInstance' });

export const breakerSchema = z
  .object({
    service: z.string(),
    instanceId: z.uuid(),
    name: z.string().describe('The provider behind it.'),
    state: z
      .enum(['closed', 'half-open', 'open'])
      .describe('half-open: the next call is a trial; the breaker waits for somebody to make it.'),
    failures: z.int().describe('Failed calls in the rolling window.'),
    changedAt: instant,
    openedAt: instant.nullable().describe('When it opened last; null when it never did.'),
    nextTryAt: instant.nullable().describe('When an open breaker lets the next call through.'),
    ...report,
  })
  .meta({ id: 'Breaker' });

export const outboxSchema = z
  .object({
    service: z.string(),
    unpublished: z.int().nullable().describe('Counted up to 100,000; null when its database did not answer.'),
    oldestUnpublishedAgeMs: z.int().nullable(),
    leases: z.int().describe('Shards with a relay, out of 8; the others wait to be taken over.'),
    ...report,
  })
  .meta({ id: 'Outbox' });
