import { AuditLedger } from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingAudits } from '../../../db/insert-pending-audits.js';
import { command, pendingRow } from '../../../ingress/submission.js';
import { type LedgerAuditRow, ledgerAuditResource } from '../../../read-models/ledger-audit.js';
import { defineRoute } from '../../../route.js';
import { uuid } from '../../fields.js';
import { ledgerAuditSchema } from './schemas.js';

export const createLedgerAudit = defineRoute({
  method: 'post',
  path: '/ops/v1/ledger/audits',
  operationId: 'createLedgerAudit',
  summary: 'Check the ledger now',
  description:
    '`books`: balances against the entries and holds since the last audit, currencies against zero, read models against ' +
    'the ledger. `chain`: every entry against the seal it was given.',
  tags: ['Operations'],
  access: { scope: 'ops:audit' },
  body: z.strictObject({ kind: z.enum(['books', 'chain']), walletId: uuid.optional() }),
  claimsKey: true,
  responses: { 202: { description: 'Started; what it finds is at `Location`.', schema: ledgerAuditSchema } },
  handler: (context, request) => {
    const call = { route: 'POST /ops/v1/ledger/audits', keyRequired: false, waits: false };
    return context.ingress.accept(request, call, async () => {
      const { kind, walletId = null } = request.body;
      const progress = {
        walletsTotal: 0,
        walletsChecked: 0,
        entriesChecked: 0,
        finishedAt: null,
        refusalReason: null,
      };
      const startedAt = new Date(context.clock.now());
      const row: LedgerAuditRow = { id: uuidv7(), kind, walletId, status: 'pending', startedAt, ...progress };
      return {
        resource: { kind: 'ledger-audit', id: row.id },
        pending: pendingRow(insertPendingAudits, row),
        send: command(AuditLedger, row.id, { auditId: row.id, kind, walletId }),
        representation: ledgerAuditResource(row, []),
      };
    });
  },
});
