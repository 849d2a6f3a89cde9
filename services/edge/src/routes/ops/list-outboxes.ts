import { z } from 'zod';
import { findServiceInstances } from '../../db/find-service-instances.js';
import { outboxResource } from '../../read-models/service-instance.js';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';
import { outboxSchema } from './state-schemas.js';

export const listOutboxes = defineRoute({
  method: 'get',
  path: '/ops/v1/outboxes',
  operationId: 'listOutboxes',
  summary: 'What the services have committed and Kafka does not hold yet',
  description: 'The edge looks into its own now; the others are as they reported themselves.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(z.object({ data: z.array(outboxSchema) })),
  handler: async ({ database, clock, messaging }) => {
    const now = clock.now();
    const found = await findServiceInstances(database, now);
    const others = [...new Set(found.map(({ service }) => service))].filter((service) => service !== 'edge');
    const { unpublished, oldestAgeMs, leases } = await messaging.outbox();
    const elsewhere = found.filter(({ service }) => service === 'edge');
    const own = {
      service: 'edge',
      unpublished,
      oldestUnpublishedAgeMs: oldestAgeMs,
      leases: elsewhere.length > 0 ? outboxResource(elsewhere, now).leases : leases,
      reportedAt: new Date(now).toISOString(),
      stale: false,
    };
    const data = others.map((name) =>
      outboxResource(
        found.filter(({ service }) => service === name),
        now,
      ),
    );
    return { status: 200, body: { data: [own, ...data] } };
  },
});
