import { expect, test } from '@jest/globals';
import { isUndeliverable } from './email-address.js';

const label = 'x'.repeat(63);

test.each([`${'a'.repeat(65)}@b.co`, `a@${label}x.co`, `a@b.${label}x`, 'a@b-.co', 'a@b.c-'])(
  'no mail server needs to take %s',
  (address) => {
    expect(isUndeliverable(address)).toBe(true);
  },
);

test.each(['ada@example.com', `${'a'.repeat(64)}@b.co`, `a@${label}.co`, 'a-@b-c.co', `${label}-@b.co`])(
  'nothing is wrong with %s',
  (address) => {
    expect(isUndeliverable(address)).toBe(false);
  },
);
