import { listPage } from '../../../queries/list.js';
import { type ListSpec, listSchema } from '../../../queries/list-schema.js';
import { ledgerAuditResource } from '../../../read-models/ledger-audit.js';
import { defineRoute } from '../../../route.js';
import { pageResponse } from '../../replies.js';
import { ledgerAuditSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    kind: { type: 'text' },
    walletId: { type: 'uuid', nullable: true },
    status: { type: 'text' },
    reason: { type: 'text', nullable: true, model: 'refusalReason' },
    walletsTotal: { type: 'money' },
    walletsChecked: { type: 'money' },
    entriesChecked: { type: 'money' },
    startedAt: { type: 'time' },
    finishedAt: { type: 'time', nullable: true },
  },
  tie: 'id',
  defaultSort: '-startedAt',
};

export const listLedgerAudits = defineRoute({
  method: 'get',
  path: '/ops/v1/ledger/audits',
  operationId: 'listLedgerAudits',
  summary: 'List audits of the ledger, newest first',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, ledgerAuditSchema),
  responses: pageResponse(ledgerAuditSchema),
  handler: async ({ prisma, reads }, { query }) => {
    const page = await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.ledgerAudit.findMany(args),
      present: (audit) => audit,
    });
    const findings = await prisma.ledgerFinding.findMany({
      where: { auditId: { in: page.data.map(({ id }) => id) } },
      orderBy: [{ foundAt: 'asc' }, { id: 'asc' }],
      take: 1_000,
    });
    const data = page.data.map((audit) =>
      ledgerAuditResource(
        audit,
        findings.filter(({ auditId }) => auditId === audit.id),
      ),
    );
    return { status: 200, body: { ...page, data } };
  },
});
