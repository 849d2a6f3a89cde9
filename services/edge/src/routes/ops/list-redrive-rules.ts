import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { redriveRuleResource } from '../../read-models/redrive-rule.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { ruleSchema } from './redrive-rule-fields.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    name: { type: 'text' },
    description: { type: 'text' },
    enabled: { type: 'boolean' },
    group: { type: 'text', nullable: true },
    topic: { type: 'text', nullable: true },
    messageName: { type: 'text', nullable: true },
    errorCode: { type: 'text', nullable: true },
    fingerprint: { type: 'text', nullable: true },
    breaker: { type: 'text', nullable: true },
    newVersion: { type: 'boolean' },
    minAgeSeconds: { type: 'integer', nullable: true },
    maxAgeSeconds: { type: 'integer', nullable: true },
    stableSeconds: { type: 'integer' },
    canary: { type: 'boolean' },
    ratePerSecond: { type: 'integer', nullable: true },
    maxRedrivesPerLetter: { type: 'integer' },
    maxLettersPerHour: { type: 'integer' },
    backoffSeconds: { type: 'integer' },
    updatedBy: { type: 'text' },
    createdAt: { type: 'time' },
    updatedAt: { type: 'time' },
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
  query: listSchema(spec, ruleSchema),
  responses: pageResponse(ruleSchema),
  handler: async ({ reads }, { query }) => {
    const body = await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.redriveRule.findMany(args),
      present: redriveRuleResource,
    });
    return { status: 200, body };
  },
});
