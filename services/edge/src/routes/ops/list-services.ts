import { consumerGroups } from '@florin/contracts';
import { z } from 'zod';
import { findServiceInstances } from '../../db/find-service-instances.js';
import { instanceResource } from '../../read-models/service-instance.js';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';
import { instanceSchema } from './state-schemas.js';

const declared = Object.values(consumerGroups).map(({ service }) => service);

export const listServices = defineRoute({
  method: 'get',
  path: '/ops/v1/services',
  operationId: 'listServices',
  summary: 'The instances of every service, as they report themselves',
  description:
    'An instance that ended without a word is stale after 30 s and leaves the list after five minutes.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(
    z.object({ data: z.array(z.object({ service: z.string(), instances: z.array(instanceSchema) })) }),
  ),
  handler: async ({ database, clock }) => {
    const now = clock.now();
    const found = await findServiceInstances(database, now);
    const names = [...new Set([...declared, ...found.map(({ service }) => service)])];
    const data = names.map((service) => ({
      service,
      instances: found.filter((i) => i.service === service).map((i) => instanceResource(i, now)),
    }));
    return { status: 200, body: { data } };
  },
});
