import type { BreakerRow, ServiceInstance } from '../db/find-service-instances.js';

/** Three reports are missing. */
export const staleAfterMs = 30_000;

export function isStale({ reportedAt }: ServiceInstance, now: number): boolean {
  return reportedAt.getTime() < now - staleAfterMs;
}

export function instanceResource(instance: ServiceInstance, now: number) {
  return {
    instanceId: instance.id,
    version: instance.version,
    ready: instance.ready,
    startedAt: instance.startedAt.toISOString(),
    reportedAt: instance.reportedAt.toISOString(),
    stale: isStale(instance, now),
  };
}

export function breakerResource(instance: ServiceInstance, breaker: BreakerRow, now: number) {
  const { name, state, failures, changedAt, openedAt, nextTryAt } = breaker;
  return {
    service: instance.service,
    instanceId: instance.id,
    name,
    state,
    failures,
    changedAt: new Date(changedAt).toISOString(),
    openedAt: openedAt === null ? null : new Date(openedAt).toISOString(),
    nextTryAt: nextTryAt === null ? null : new Date(nextTryAt).toISOString(),
    reportedAt: instance.reportedAt.toISOString(),
    stale: isStale(instance, now),
  };
}

/** The outbox of a service is one, however many instances report it: the newest report counts. */
export function outboxResource(instances: readonly ServiceInstance[], now: number) {
  const newest = instances.reduce((a, b) => (b.reportedAt > a.reportedAt ? b : a));
  return {
    service: newest.service,
    unpublished: newest.unpublished,
    oldestUnpublishedAgeMs: newest.oldestUnpublishedAgeMs,
    leases: instances.reduce((sum, instance) => sum + (isStale(instance, now) ? 0 : instance.leases), 0),
    reportedAt: newest.reportedAt.toISOString(),
    stale: isStale(newest, now),
  };
}
