import { expect, test } from '@jest/globals';
import {
  type Client,
  createFlorin,
  type Florin,
  type ListName,
  type OperationName,
  operations,
  type ProblemCode,
  type Wallet,
} from '../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>(): void => undefined;

/** The compiler is the test: this function is never called, and each line must compile, or must not. */
export async function types(florin: Florin): Promise<void> {
  const body = {
    type: 'transfer',
    sourceWalletId: 'a',
    destinationWalletId: 'b',
    amount: 5,
    currency: 'USD',
  };
  const transaction = await florin.createTransaction({ body });
  holds<Equal<typeof transaction.status, 'pending' | 'completed' | 'declined' | 'failed' | 'reversed'>>();
  holds<Equal<Awaited<ReturnType<Florin['getWallet']>>, Wallet>>();
  holds<Equal<Awaited<ReturnType<Florin['logOut']>>, undefined>>();
  await florin.listWallets();
  await florin.listWallets({ query: { 'posted[gte]': 5, sort: '-posted' } }, { prefer: 'respond-async' });
  for await (const wallet of florin.paginate('listWallets')) holds<Equal<typeof wallet, Wallet>>();
  // @ts-expect-error an operation that needs a request
  await florin.createTransaction();
  // @ts-expect-error a body with a field too few
  await florin.createTransaction({ body: { type: 'transfer' } });
  // @ts-expect-error a field that nobody knows
  await florin.createTransaction({ body: { ...body, colour: 'red' } });
  // @ts-expect-error an amount that is no number
  await florin.createTransaction({ body: { ...body, amount: '5' } });
  // @ts-expect-error a missing parameter of the path
  await florin.getWallet({});
  // @ts-expect-error an order that the list does not have
  await florin.listWallets({ query: { sort: '-colour' } });
  // @ts-expect-error an operation that is no list
  florin.paginate('getWallet', { id: 'w' });
  // @ts-expect-error a preference that is none
  await florin.listWallets({}, { prefer: 'soon' });
  holds<Equal<'wallet-closed' extends ProblemCode ? true : false, true>>();
  holds<Equal<'wallet-opened' extends ProblemCode ? true : false, false>>();
  holds<Equal<Extract<ListName, 'listWallets' | 'getWallet'>, 'listWallets'>>();
  // An operation with the name of a helper would hide it.
  holds<Equal<OperationName & keyof Client, never>>();
}

test('every operation of the document is a function of the client', () => {
  const florin = createFlorin({ baseUrl: 'http://127.0.0.1:1' });
  for (const name of Object.keys(operations)) expect(florin).toHaveProperty(name, expect.any(Function));
});
