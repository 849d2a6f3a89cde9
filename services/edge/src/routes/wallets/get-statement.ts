import { Problem, validationFailed } from '@florin/http';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { findStatementLines, type StatementLine } from '../../db/find-statement-lines.js';
import { findStatementWindow, type StatementWindow } from '../../db/find-statement-window.js';
import { periodOf } from '../../domain/period.js';
import { type StatementItem, statementCsv } from '../../domain/statement-csv.js';
import { defineRoute } from '../../route.js';
import { idParams, instant } from '../fields.js';
import { findVisibleWallet } from './find-visible-wallet.js';

/** A file is larger than a page; what exceeds it follows behind the `Link` header. */
const csvLines = 10_000;

const moment = z.union([instant, z.iso.date()]).optional();
const itemSchema = z.object({
  entryId: z.uuid(),
  transactionId: z.uuid(),
  postedAt: instant,
  amount: z.int().describe('Signed minor units: negative is debited.'),
  runningBalance: z.int(),
  description: z.string(),
});

export const getStatement = defineRoute({
  method: 'get',
  path: '/v1/wallets/{id}/statement',
  operationId: 'getStatement',
  summary: 'Get the statement of a wallet',
  description:
    'Oldest entry first. `from` is inclusive, `to` exclusive; a plain date means the whole day in UTC.',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  params: idParams,
  query: z.strictObject({
    from: moment,
    to: moment,
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(20).optional(),
  }),
  responses: {
    200: {
      description: 'The statement; balances are those of the whole period.',
      schema: z
        .object({
          walletId: z.uuid(),
          currency: z.string(),
          openingBalance: z.int(),
          closingBalance: z.int(),
          data: z.array(itemSchema),
          nextCursor: z.string().nullable(),
        })
        .meta({ id: 'Statement' }),
      mediaTypes: ['text/csv'],
    },
  },
  handler: async (context, { params, query, caller, express }) => {
    const wallet = await findVisibleWallet(context, caller, params.id);
    const format = express.accepts(['application/json', 'text/csv']);
    if (!format) throw new Problem(406, 'not-acceptable', 'Statements are application/json or text/csv.');
    const { from, to } = periodOf(query.from, query.to);
    const window = await findStatementWindow(context.database, wallet.id, from, to);
    const limit = format === 'text/csv' ? csvLines : query.limit;
    const page = await statementPage(context, wallet.id, window, query.cursor, limit);
    if (format === 'text/csv') return csvReply(page, express.originalUrl);
    return {
      status: 200,
      body: {
        walletId: wallet.id,
        currency: wallet.currency,
        openingBalance: window.openingBalance,
        closingBalance: window.closingBalance,
        ...page,
      },
    };
  },
});

interface StatementPage {
  readonly data: readonly StatementItem[];
  readonly nextCursor: string | null;
}

async function statementPage(
  context: Pick<EdgeContext, 'database'>,
  walletId: string,
  window: StatementWindow,
  cursor: string | undefined,
  limit: number,
): Promise<StatementPage> {
  const lines = await findStatementLines(context.database, walletId, {
    firstSequence: Math.max(window.firstSequence, cursor === undefined ? 0 : sequenceOf(cursor)),
    lastSequence: window.lastSequence,
    limit: limit + 1,
  });
  const next = lines[limit];
  return {
    data: lines.slice(0, limit).map(itemOf),
    nextCursor: next === undefined ? null : String(next.sequence),
  };
}

/** The cursor of a statement is the sequence of the next entry. */
function sequenceOf(cursor: string): number {
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw validationFailed([{ pointer: '/query/cursor', detail: 'This is no cursor of a statement.' }]);
}

function itemOf(line: StatementLine): StatementItem {
  return {
    entryId: line.entryId,
    transactionId: line.transactionId,
    postedAt: line.postedAt.toISOString(),
    amount: line.amount,
    runningBalance: line.runningBalance,
    description: line.description ?? line.type ?? '',
  };
}

function csvReply(page: StatementPage, url: string) {
  const next = new URL(url, 'http://localhost');
  if (page.nextCursor !== null) next.searchParams.set('cursor', page.nextCursor);
  return {
    status: 200,
    body: statementCsv(page.data),
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="statement.csv"',
      ...(page.nextCursor === null ? {} : { Link: `<${next.pathname}${next.search}>; rel="next"` }),
    },
  };
}
