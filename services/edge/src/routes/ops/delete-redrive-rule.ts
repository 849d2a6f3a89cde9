import { actorOf } from '@florin/http';
import { deleteRedriveRule as remove } from '../../ops/change-redrive-rule.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';

export const deleteRedriveRule = defineRoute({
  method: 'delete',
  path: '/ops/v1/redrive-rules/{id}',
  operationId: 'deleteRedriveRule',
  summary: 'Delete a rule for auto-redrive',
  description: 'What it has replayed stays on record.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  params: idParams,
  responses: { 204: { description: 'Deleted.' } },
  handler: async (context, { params, caller }) => {
    await remove(context, { id: params.id, actor: actorOf(caller) });
    return { status: 204 };
  },
});
