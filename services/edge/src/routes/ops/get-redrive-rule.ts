import { notFound } from '@florin/http';
import { examineRule } from '../../ops/redrive-dead-letters.js';
import { redriveRuleResource } from '../../read-models/redrive-rule.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { ruleReportSchema } from './redrive-rule-fields.js';

export const getRedriveRule = defineRoute({
  method: 'get',
  path: '/ops/v1/redrive-rules/{id}',
  operationId: 'getRedriveRule',
  summary: 'Get a rule, with what it would do now and what keeps it from more',
  description: 'Also for a rule that is not enabled: it tells what enabling it would do.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(ruleReportSchema),
  handler: async ({ prisma, database, clock }, { params }) => {
    const rule = await prisma.redriveRule.findUnique({ where: { id: params.id } });
    if (!rule) throw notFound('redrive rule');
    const report = await database.transaction((tx) => examineRule(tx, rule, clock.now()));
    const { obstacles, due, waiting, exhausted } = report;
    const numbers = { due: due.length, waiting: waiting.length, exhausted: exhausted.length };
    return { status: 200, body: { ...redriveRuleResource(rule), obstacles, ...numbers } };
  },
});
