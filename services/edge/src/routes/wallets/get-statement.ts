import { Problem, validationFailed } from '@florin/http';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { findStatementLines, type StatementLine } from '../../db/find-statement-lines.js';
import { findStatementWindow, type StatementWindow } from '../../db/find-statement-window.js';
import { type Period, periodOf } from '../../domain/period.js';
import { type StatementItem, statementCsv } from '../../domain/statement-csv.js';
import { balancesOf, periodInWords } from '../../domain/statement-document.js';
import { defaultPageSize, pageSize } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { statementPdf } from '../../statements/statement-pdf.js';
import { idParams, instant } from '../fields.js';
import { findVisibleWallet } from './find-visible-wallet.js';

const formats = { json: 'application/json', csv: 'text/csv', pdf: 'application/pdf' } as const;
/** Without `limit`. A file is larger than a page; what exceeds it follows behind the `Link` header. */
const usualLines = {
  'application/json': defaultPageSize,
  'text/csv': 10_000,
  'application/pdf': 2_000,
} as const;

/** Two numbers of 15 digits. */
const maxCursorLength = 31;

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
    'Oldest entry first. `from` is inclusive, `to` exclusive; a plain date means the whole day in UTC. A statement ends ' +
    'before the first entry that is still on its way, so its running balances have no gaps. All its pages end where it ' +
    'ended when the first was asked for. Of CSV and PDF, a `Link` header leads to the entries that follow.',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  params: idParams,
  query: z.strictObject({
    from: moment,
    to: moment,
    limit: pageSize
      .optional()
      .describe(
        'Entries in the answer. Without it 50 in JSON, up to 10,000 in CSV and up to 2,000 in a PDF.',
      ),
    cursor: z
      .string()
      .max(maxCursorLength)
      .optional()
      .describe('The `nextCursor` of a JSON page. The `Link` header of a file has it as well.'),
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
      mediaTypes: [formats.csv, formats.pdf],
      headers: ['Link', 'Content-Disposition'],
    },
    406: { description: '`not-acceptable`' },
  },
  handler: async (context, { params, query, caller, express }) => {
    const wallet = await findVisibleWallet(context, caller, params.id);
    const format = express.accepts(Object.values(formats)) as (typeof formats)[keyof typeof formats] | false;
    if (!format) throw new Problem(406, 'not-acceptable', 'Statements are JSON, CSV or PDF.');
    if (query.from && query.to && Date.parse(query.from) > Date.parse(query.to)) {
      throw validationFailed([{ pointer: '/query/to', detail: 'The period ends before it begins.' }]);
    }
    const period = periodOf(query.from, query.to);
    const cursor = query.cursor === undefined ? undefined : cursorOf(query.cursor);
    const window = await findStatementWindow(context.database, wallet.id, period, cursor?.last);
    const limit = query.limit ?? usualLines[format];
    const page = await statementPage(context, wallet.id, window, cursor, limit);
    if (format === formats.json) {
      const { openingBalance, closingBalance } = window;
      const body = {
        walletId: wallet.id,
        currency: wallet.currency,
        openingBalance,
        closingBalance,
        ...page,
      };
      return { status: 200, body };
    }
    const body =
      format === formats.csv
        ? statementCsv(page.data, wallet.currency)
        : await pdfOf(context, wallet, period, window, page);
    return fileReply(format, body, page.nextCursor, express.originalUrl);
  },
});

type Wallet = Awaited<ReturnType<typeof findVisibleWallet>>;

interface StatementPage {
  readonly data: readonly StatementItem[];
  readonly nextCursor: string | null;
}

async function statementPage(
  context: Pick<EdgeContext, 'database'>,
  walletId: string,
  window: StatementWindow,
  cursor: Cursor | undefined,
  limit: number,
): Promise<StatementPage> {
  const lines = await findStatementLines(context.database, walletId, {
    firstSequence: Math.max(window.firstSequence, cursor?.next ?? 0),
    lastSequence: window.lastSequence,
    limit: limit + 1,
  });
  const next = lines[limit];
  return {
    data: lines.slice(0, limit).map(itemOf),
    nextCursor: next === undefined ? null : `${next.sequence}-${window.lastSequence}`,
  };
}

/** Sequences of the entry that the next page begins with, and of the one that the statement ends with: money may move meanwhile. */
interface Cursor {
  readonly next: number;
  readonly last: number;
}

function cursorOf(text: string): Cursor {
  const [, next, last] = /^([1-9]\d{0,14})-([1-9]\d{0,14})$/.exec(text) ?? [];
  if (next !== undefined) return { next: Number(next), last: Number(last) };
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

async function pdfOf(
  { clock, config, prisma }: EdgeContext,
  wallet: Wallet,
  period: Period,
  window: StatementWindow,
  page: StatementPage,
): Promise<Buffer> {
  const holder = await prisma.customer.findUnique({ where: { id: wallet.ownerId } });
  const generatedAt = new Date(clock.now());
  const { id, name, walletType: type, currency } = wallet;
  return statementPdf({
    institution: config.INSTITUTION_NAME,
    holder: holder?.fullName ?? '',
    wallet: { id, name, type, currency },
    period: periodInWords(period, { openedAt: wallet.createdAt, now: generatedAt }),
    generatedAt,
    ...balancesOf({ ...window, items: page.data }),
    items: page.data,
    isContinued: page.nextCursor !== null,
  });
}

function fileReply(format: string, body: string | Buffer, nextCursor: string | null, url: string) {
  const next = new URL(url, 'http://localhost');
  if (nextCursor !== null) next.searchParams.set('cursor', nextCursor);
  const isPdf = format === formats.pdf;
  return {
    status: 200,
    body,
    headers: {
      'Content-Type': isPdf ? format : `${format}; charset=utf-8`,
      'Content-Disposition': `attachment; filename="statement.${isPdf ? 'pdf' : 'csv'}"`,
      ...(nextCursor === null ? {} : { Link: `<${next.pathname}${next.search}>; rel="next"` }),
    },
  };
}
