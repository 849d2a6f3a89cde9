import type { Transaction } from '@florin/database';
import type { ServiceHealth } from '../domain/redrive.js';
import type { BreakerRow } from './find-service-instances.js';

/** What the rules for auto-redrive have to know of a service. Instances that have fallen silent say nothing. */
export async function findServiceHealth(
  tx: Transaction,
  service: string,
  reportedSince: number,
): Promise<ServiceHealth> {
  const { rows: instances } = await tx.query<{ version: string; breakers: BreakerRow[] }>({
    name: 'find-service-health',
    text: 'SELECT version, breakers FROM service_instances WHERE service = $1 AND reported_at >= $2',
    values: [service, new Date(reportedSince)],
  });
  const { rows } = await tx.query<{ version: string; previousVersion: string | null; settledAt: Date }>({
    name: 'find-deployment',
    text: `SELECT version, previous_version AS "previousVersion", settled_at AS "settledAt" FROM deployments
           WHERE service = $1 ORDER BY started_at DESC LIMIT 1`,
    values: [service],
  });
  const [latest] = rows;
  return { instances, deployment: latest && { ...latest, settledAt: latest.settledAt.getTime() } };
}
