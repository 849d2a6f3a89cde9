import { describe, expect, test } from '@jest/globals';
import { readSettlementFile } from './settlement-file.js';

const fileWith = (status: string) =>
  `type,id,reference,amount,currency,status,createdAt\ncharge,p1,a,5,USD,${status},2026-11-21T10:00:00Z`;

describe('a line of a settlement file', () => {
  test.each(['succeeded', 'declined', 'pending'])('may say that its payment is %s', (status) => {
    expect(readSettlementFile(fileWith(status))).toMatchObject([{ status }]);
  });

  test.each(['SUCCEEDED', 'settled', 'bogus', ' succeeded', ''])(
    'with the status %j is invalid',
    (status) => {
      expect(() => readSettlementFile(fileWith(status))).toThrow(
        expect.objectContaining({ code: 'line-invalid' }),
      );
    },
  );
});
