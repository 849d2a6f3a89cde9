import { describe, expect, test } from '@jest/globals';
import { bookkeeper, transfer, wallet } from '../../tests/bookkeeper.js';
import type { BulkCommand, BulkMode, TransferCommand } from './ledger-command.js';

const open = () => bookkeeper([wallet('a', 100), wallet('b', 0), wallet('c', 0)]);
const bulk = (mode: BulkMode, ...items: TransferCommand[]): BulkCommand => ({
  kind: 'bulk',
  transactionId: 'bulk',
  mode,
  items,
  deadlineAt: null,
});

describe('an atomic bulk', () => {
  test('moves everything, each item seeing what the ones before it left', () => {
    const books = open();
    const { verdicts } = books.decide(1, bulk('atomic', transfer('a', 'b', 100), transfer('b', 'c', 70)));
    expect(verdicts).toEqual(['posted', 'posted', 'posted']);
    expect(['a', 'b', 'c'].map((id) => books.wallets.get(id)!.posted)).toEqual([0, 30, 70]);
  });

  test('moves nothing when one item is declined, and says which', () => {
    const books = open();
    const items = [transfer('a', 'b', 60), transfer('a', 'b', 60), transfer('a', 'c', 1)];
    const { decisions, verdicts } = books.decide(1, bulk('atomic', ...items), transfer('a', 'c', 100));
    expect(verdicts).toEqual([
      'bulk-declined',
      'insufficient-funds',
      'bulk-declined',
      'bulk-declined',
      'posted',
    ]);
    expect(decisions[3]!.bulk!.items.map((item) => item.reason)).toEqual([
      'bulk-declined',
      'insufficient-funds',
      'bulk-declined',
    ]);
    expect(decisions.slice(0, 4).flatMap((one) => one.entries)).toEqual([]);
    expect(books.wallets.get('c')).toMatchObject({ posted: 100, sequence: 1 });
  });

  test('fails with an item that was declined before, and does not post one twice', () => {
    const books = open();
    const declined = transfer('a', 'b', 101);
    const posted = transfer('a', 'b', 10);
    books.decide(1, declined, posted);
    const { verdicts } = books.decide(2, bulk('atomic', posted, declined, transfer('a', 'b', 1)));
    expect(verdicts).toEqual(['bulk-declined', 'bulk-declined']);
    expect(books.wallets.get('b')).toMatchObject({ posted: 10 });
  });
});

describe('an independent bulk', () => {
  test('decides each item for itself', () => {
    const items = [transfer('a', 'b', 60), transfer('a', 'b', 60), transfer('a', 'c', 40)];
    const { decisions, verdicts } = open().decide(1, bulk('independent', ...items));
    expect(verdicts).toEqual(['posted', 'insufficient-funds', 'posted', 'posted']);
    expect(decisions[3]!.bulk).toMatchObject({
      mode: 'independent',
      items: [
        { status: 'posted' },
        { status: 'declined', reason: 'insufficient-funds' },
        { status: 'posted' },
      ],
    });
    expect(decisions[0]!.transfer.referenceId).toBe('bulk');
  });
});

describe('a bulk', () => {
  test('is decided once', () => {
    const books = open();
    const command = bulk('atomic', transfer('a', 'b', 10));
    books.decide(1, command);
    expect(books.decide(2, command).decisions).toEqual([]);
    expect(books.decide(2, command, command).decisions).toEqual([]);
  });

  test('of no items, of too many or of another mode is refused', () => {
    const many = Array.from({ length: 501 }, () => transfer('a', 'b', 1));
    for (const command of [
      bulk('atomic'),
      bulk('independent', ...many),
      bulk('sometimes' as BulkMode, many[0]!),
    ]) {
      expect(open().decide(1, command).verdicts).toEqual(['bulk-invalid']);
    }
  });

  test('that comes again is nothing new, and with other items an error instead of silence', () => {
    const books = open();
    const items = [transfer('a', 'b', 10), transfer('a', 'c', 1_000)];
    expect(books.decide(1, bulk('independent', ...items)).verdicts).toHaveLength(3);
    expect(books.decide(2, bulk('independent', ...items)).verdicts).toEqual([]);
    const dearer = { ...items[0]!, amount: 11 };
    for (const other of [[dearer, items[1]!], [...items, transfer('a', 'b', 1)], [transfer('a', 'b', 10)]]) {
      expect(() => books.decide(3, bulk('independent', ...other))).toThrow(
        'was decided before on other terms',
      );
    }
    expect(books.wallets.get('b')!.posted).toBe(10);
  });

  test('that was refused as a whole may come again', () => {
    const books = open();
    const none = { ...bulk('atomic'), transactionId: 'none' };
    expect(books.decide(1, none).verdicts).toEqual(['bulk-invalid']);
    expect(books.decide(2, none).verdicts).toEqual([]);
    expect(() => books.decide(2, { ...none, items: [transfer('a', 'b', 1)] })).toThrow('on other terms');
  });

  test('that comes again with fewer items or in another mode is an error', () => {
    const books = open();
    const items = [transfer('a', 'b', 10), transfer('a', 'c', 20)];
    expect(books.decide(1, bulk('atomic', ...items)).verdicts).toHaveLength(3);
    for (const other of [bulk('atomic', items[0]!), bulk('independent', ...items)]) {
      expect(() => books.decide(2, other)).toThrow('on other terms');
    }
    expect(books.decide(2, bulk('atomic', ...items)).verdicts).toEqual([]);
  });

  test('with an item under its own key is refused: a key has one decision', () => {
    const item = { ...transfer('a', 'b', 10), transactionId: 'bulk' };
    const { verdicts } = open().decide(1, bulk('independent', item, transfer('a', 'b', 1)));
    expect(verdicts).toEqual(['bulk-invalid']);
  });

  test('past its deadline declines its items', () => {
    const late = transfer('a', 'b', 1, { deadlineAt: 0 });
    expect(open().decide(1, bulk('atomic', late)).verdicts).toEqual(['deadline-exceeded', 'bulk-declined']);
  });
});
