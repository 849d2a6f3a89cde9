import fc from 'fast-check';

const kinds = [
  ...Array.from({ length: 8 }, () => 'transfer' as const),
  ...Array.from({ length: 5 }, () => 'reversal' as const),
  ...Array.from({ length: 2 }, () => 'deposit' as const),
  ...Array.from({ length: 2 }, () => 'withdrawal' as const),
  ...Array.from({ length: 2 }, () => 'bulk' as const),
  ...Array.from({ length: 2 }, () => 'again' as const),
  ...Array.from({ length: 3 }, () => 'exchange' as const),
  'schedule',
  'freeze',
  'unfreeze',
  'unfreeze',
  'close',
  'open',
  'invalid',
] as const;

const transferTypes = [
  ...Array.from({ length: 5 }, () => ['transfer', 'paid', 'daily'] as const).flat(),
  'exchange',
  'barter',
] as const;

/** Small enough for many, around the limits, and beyond them. */
const amount = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 600 }) },
  { weight: 2, arbitrary: fc.integer({ min: 600, max: 3_500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3_500, max: 25_000 }) },
);
const order = {
  type: fc.constantFrom(...transferTypes),
  to: fc.nat(20),
  amount,
};

/** One operation; the numbers choose among what there is when it runs. */
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  customer: fc.nat(1),
  from: fc.nat(20),
  ...order,
  ref: fc.nat(1_000),
  flag: fc.boolean(),
  part: fc.option(fc.integer({ min: 1, max: 900 })),
  items: fc.array(fc.record({ from: fc.nat(20), ...order }), { minLength: 1, maxLength: 5 }),
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const program = fc.array(step, { minLength: 60, maxLength: 80, size: 'max' });
