import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { redriveRuleResource } from '../../read-models/redrive-rule.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { ruleSchema } from './redrive-rule-fields.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    name: { type: 'text', sortable: true },
    enabled: { type: 'boolean' },
    group: { type: 'text' },
    topic: { type: 'text' },
    messageName: { type: 'text' },
    errorCode: { type: 'text' },
    fingerprint: { type: 'text' },
    breaker: { type: 'text' },
    newVersion: { type: 'boolean' },
    updatedBy: { type: 'text' },
    createdAt: { type: 'time', sortable: true },
    updatedAt: { type: 'time', sortable: true },
  },
  tie: 'id',
  defaultSort: 'name',
};

export const listRedriveRules = defineRoute({
  method: 'get',
  path: '/ops/v1/redrive-rules',
  operationId: 'listRedriveRules',
  summary: 'List the rules by which dead letters are replayed without an operator',
  description: 'What a rule has done is at `/ops/v1/replays?ruleId=`.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec),
  responses: pageResponse(ruleSchema),
  handler: async ({ prisma }, { query }) => {
    const find = (args: Parameters<typeof prisma.redriveRule.findMany>[0]) =>
      prisma.redriveRule.findMany(args);
    const body = await listPage({ spec, query, scope: [], find, present: redriveRuleResource });
    return { status: 200, body };
  },
});
