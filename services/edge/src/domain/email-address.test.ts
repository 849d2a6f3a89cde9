import { expect, test } from '@jest/globals';
import { isDeliverable } from './email-address.js';

const label = 'x'.repeat(63);

test.each(['ada@example.com', `${'a'.repeat(64)}@b.co`, `a@${label}.co`, 'a@b-c.co'])('%s is', (address) => {
  expect(isDeliverable(address)).toBe(true);
});

test.each([`${'a'.repeat(65)}@b.co`, `a@${label}x.co`, `a@b.${label}x`, 'a@b-.co', 'a@b..co', '@b.co', 'a'])(
  '%s is not',
  (address) => {
    expect(isDeliverable(address)).toBe(false);
  },
);
