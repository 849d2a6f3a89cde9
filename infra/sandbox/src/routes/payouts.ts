import type { Express } from 'express';
import type { SandboxContext } from '../context.js';
import type { Payment } from '../domain/payment.js';
import { faultMiddleware } from '../fault-middleware.js';
import { cancelPayment, findPayment, listPayments, makePayment, type PaymentKind } from './payments.js';

/** `/psp/payouts`: money to payees. */
export function payoutRoutes(app: Express, context: SandboxContext): void {
  const kind: PaymentKind<Payment> = {
    name: 'payout',
    store: context.payouts,
    create: (payment) => payment,
  };
  const fault = faultMiddleware(context.faults, 'psp');
  app.post('/psp/payouts', fault, ...makePayment(context, kind));
  app.get('/psp/payouts', listPayments(kind));
  app.get('/psp/payouts/:reference', fault, findPayment(kind));
  app.post('/psp/payouts/:reference/cancellations', fault, ...cancelPayment(context, kind));
}
