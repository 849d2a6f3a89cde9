import { z } from 'zod';
import { instant } from '../../fields.js';

const findingSchema = z
  .object({
    source: z
      .enum(['ledger', 'edge'])
      .describe('Who found it: the ledger in itself, or the edge in its copies.'),
    check: z.string(),
    walletId: z.uuid().nullable(),
    sequence: z.int().nullable(),
    entryId: z.uuid().nullable(),
    currency: z.string().nullable(),
    detail: z.string(),
    foundAt: instant,
  })
  .meta({ id: 'LedgerFinding' });

export const ledgerAuditSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['books', 'chain']),
    walletId: z.uuid().nullable(),
    status: z.enum(['pending', 'running', 'passed', 'failed', 'refused']),
    walletsTotal: z.int().describe('With the accounts of the platform, which no list of wallets shows.'),
    walletsChecked: z.int(),
    entriesChecked: z.int(),
    startedAt: instant,
    finishedAt: instant.nullable(),
    reason: z.string().nullable().describe('Why it was refused: `wallet-not-found`.'),
    findings: z.array(findingSchema).describe('The first hundred.'),
  })
  .meta({ id: 'LedgerAudit' });
