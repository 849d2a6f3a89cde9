import { isDeepStrictEqual } from 'node:util';
import { DefineTransactionType } from '@florin/contracts';
import { Problem, validationFailed } from '@florin/http';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { insertPendingTransactionTypes } from '../../db/insert-pending-transaction-types.js';
import { command, pendingRow } from '../../ingress/submission.js';
import {
  transactionTypeId,
  transactionTypeResource,
  transactionTypeTerms,
} from '../../read-models/transaction-type.js';
import { defineRoute } from '../../route.js';
import { amount, amountOrZero, code, name } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transactionTypeSchema } from '../resources.js';

const limits = {
  perTransaction: amount.nullish(),
  dailyAmount: amount.nullish(),
  dailyCount: z.int().min(1).max(2_147_483_647).nullish(),
};

/** Corrections of what was done: they cost nothing and nothing limits them, so terms of theirs would have no effect. */
const withoutTerms = new Set(['reversal', 'adjustment']);

const typeBody = z.strictObject({
  code: code
    .refine((code) => !withoutTerms.has(code), 'Transactions of this type have no terms.')
    .meta({ example: 'rent' }),
  name: name.meta({ example: 'Rent' }),
  fee: z
    .strictObject({ flat: amountOrZero.default(0), basisPoints: z.int().min(0).max(10_000).default(0) })
    .optional(),
  limits: z
    .strictObject({
      ...limits,
      walletTypes: z
        .array(z.strictObject({ walletType: code, ...limits }))
        .max(100)
        .refine(
          (each) => new Set(each.map(({ walletType }) => walletType)).size === each.length,
          'A wallet type is there twice.',
        )
        .optional()
        .describe('Limits for the wallets of a type besides, each counted by itself.'),
    })
    .optional(),
});

export const createTransactionType = defineRoute({
  method: 'post',
  path: '/v1/transaction-types',
  operationId: 'createTransactionType',
  summary: 'Define a transaction type, or a new version of it',
  description:
    'An existing code with other content becomes its next version, in force at once; with the same content it is a conflict. ' +
    'Daily limits are those of a customer, over all of his wallets of one currency; a day ends at midnight in his time zone.',
  tags: ['Transactions'],
  access: { scope: 'transaction-types:write' },
  body: typeBody,
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionTypeSchema),
    409: {
      description:
        '`transaction-type-exists`, `transaction-type-changed`: its latest version is the same, or another version is being ' +
        'defined at the same time: try again',
    },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/transaction-types', keyRequired: false }, async () => {
      const { code } = request.body;
      const terms = termsOf(request.body);
      await refuseUnknownWalletTypes(context, request.body);
      const latest = await context.prisma.transactionType.findFirst({ where: { code, current: true } });
      if (latest && isDeepStrictEqual(transactionTypeTerms(latest), transactionTypeTerms(terms))) {
        throw new Problem(409, 'transaction-type-exists', 'This version of the type exists already.');
      }
      const version = (latest?.version ?? 0) + 1;
      const id = transactionTypeId(code, version);
      const createdAt = new Date(context.clock.now());
      const row = { id, code, version, ...terms, status: 'pending', createdAt };
      return {
        resource: { kind: 'transaction-type', id },
        pending: pendingRow(insertPendingTransactionTypes, row),
        send: command(DefineTransactionType, code, { code, ...terms }),
        representation: transactionTypeResource(row),
        conflict: new Problem(
          409,
          'transaction-type-changed',
          'Another version of the type is being defined at the same time. Try again.',
        ),
      };
    }),
});

function termsOf({ name, fee, limits }: z.infer<typeof typeBody>) {
  return {
    name,
    feeFlat: fee?.flat ?? 0,
    feeBasisPoints: fee?.basisPoints ?? 0,
    limitPerTransaction: limits?.perTransaction ?? null,
    limitDailyAmount: limits?.dailyAmount ?? null,
    limitDailyCount: limits?.dailyCount ?? null,
    walletTypeLimits: (limits?.walletTypes ?? [])
      .map((each) => ({
        walletType: each.walletType,
        perTransaction: each.perTransaction ?? null,
        dailyAmount: each.dailyAmount ?? null,
        dailyCount: each.dailyCount ?? null,
      }))
      .sort((a, b) => (a.walletType < b.walletType ? -1 : 1)),
  };
}

async function refuseUnknownWalletTypes(
  { prisma }: EdgeContext,
  { limits }: z.infer<typeof typeBody>,
): Promise<void> {
  const named = limits?.walletTypes?.map(({ walletType }) => walletType) ?? [];
  if (named.length === 0) return;
  const known = await prisma.walletType.findMany({ where: { code: { in: named }, status: 'active' } });
  const errors = named.flatMap((code, i) =>
    known.some((type) => type.code === code)
      ? []
      : [{ pointer: `/limits/walletTypes/${i}/walletType`, detail: 'There is no such wallet type.' }],
  );
  if (errors.length > 0) throw validationFailed(errors);
}
