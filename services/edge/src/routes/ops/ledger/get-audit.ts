import { notFound } from '@florin/http';
import { ledgerAuditResource } from '../../../read-models/ledger-audit.js';
import { defineRoute } from '../../../route.js';
import { idParams } from '../../fields.js';
import { oneResponse } from '../../replies.js';
import { ledgerAuditSchema } from './schemas.js';

const maxFindings = 100;

export const getLedgerAudit = defineRoute({
  method: 'get',
  path: '/ops/v1/ledger/audits/{id}',
  operationId: 'getLedgerAudit',
  summary: 'Get an audit of the ledger, with what it has found',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(ledgerAuditSchema),
  handler: async ({ prisma }, { params }) => {
    const audit = await prisma.ledgerAudit.findUnique({ where: { id: params.id } });
    if (!audit) throw notFound('audit of the ledger');
    // One after the other: they are committed together with the end, and an end without them would say that nothing was found.
    const findings = await prisma.ledgerFinding.findMany({
      where: { auditId: params.id },
      orderBy: [{ foundAt: 'asc' }, { id: 'asc' }],
      take: maxFindings,
    });
    return { status: 200, body: ledgerAuditResource(audit, findings) };
  },
});
