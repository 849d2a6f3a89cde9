import { formatMoney } from '@florin/contracts';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';
import { movementParameters } from './transfer-sent.js';

export const transferReceived = emailTemplate({
  name: 'transfer-received',
  parameters: movementParameters,
  subject: ({ amount, currency, counterparty }) =>
    `You received ${formatMoney(amount, currency)} from ${counterparty}`,
  render: (p) =>
    layOut({
      fullName: p.fullName,
      paragraphs: ['Money has arrived in your wallet.'],
      facts: [
        ['Amount', formatMoney(p.amount, p.currency)],
        ['Fee, paid by the sender', formatMoney(p.fee, p.currency)],
        ['From', p.counterparty],
        ...(p.description === null ? [] : ([['Description', p.description]] as const)),
        ['Transaction', p.transactionId],
      ],
    }),
});
