import { DefineTransactionType } from '@florin/contracts';
import { Problem } from '@florin/http';
import { z } from 'zod';
import { insertPendingTransactionTypes } from '../../db/insert-pending-transaction-types.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { transactionTypeResource } from '../../read-models/transaction-type.js';
import { defineRoute } from '../../route.js';
import { amount, amountOrZero, code, idempotencyHeaders, name } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transactionTypeSchema } from '../resources.js';

export const createTransactionType = defineRoute({
  method: 'post',
  path: '/v1/transaction-types',
  operationId: 'createTransactionType',
  summary: 'Define a transaction type',
  tags: ['Transactions'],
  access: { scope: 'transaction-types:write' },
  headers: idempotencyHeaders,
  body: z.strictObject({
    code,
    name,
    fee: z
      .strictObject({ flat: amountOrZero.default(0), basisPoints: z.int().min(0).max(10_000).default(0) })
      .optional(),
    limits: z
      .strictObject({
        perTransaction: amount.nullish(),
        dailyAmount: amount.nullish(),
        dailyCount: z.int().min(1).max(2_147_483_647).nullish(),
      })
      .optional(),
  }),
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionTypeSchema),
    409: { description: '`transaction-type-exists`' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/transaction-types', keyRequired: false }, async () => {
      const { code, name, fee, limits } = request.body;
      const definition = {
        code,
        name,
        feeFlat: fee?.flat ?? 0,
        feeBasisPoints: fee?.basisPoints ?? 0,
        limitPerTransaction: limits?.perTransaction ?? null,
        limitDailyAmount: limits?.dailyAmount ?? null,
        limitDailyCount: limits?.dailyCount ?? null,
      };
      const row = { ...definition, status: 'pending', createdAt: new Date(context.clock.now()) };
      return {
        resource: { kind: 'transaction-type', id: code },
        pending: pendingRow(insertPendingTransactionTypes, row),
        send: command(DefineTransactionType, code, definition),
        representation: transactionTypeResource(row),
        conflict: new Problem(409, 'transaction-type-exists', 'There is a transaction type with this code.'),
      };
    }),
});
