import { z } from 'zod';
import { verifyOperatorActions } from '../../db/verify-operator-actions.js';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';

export const verifyAudits = defineRoute({
  method: 'get',
  path: '/ops/v1/audits/verification',
  operationId: 'verifyAudits',
  summary: 'Check the hash chain of the audit trail',
  description:
    'Finds rows that were changed, added or removed. Keep `headHash` elsewhere: compared with a later trail, it ' +
    'also shows whether rows were cut off at the end.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(
    z.object({
      intact: z.boolean(),
      actions: z.int().describe('How many are intact, from the first on.'),
      brokenAt: z.int().nullable().describe('Number of the first that is missing or was changed.'),
      headHash: z.string(),
    }),
  ),
  handler: async ({ database }) => ({ status: 200, body: await verifyOperatorActions(database) }),
});
