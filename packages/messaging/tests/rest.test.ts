import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { type Handler, handle, type Messaging } from '@florin/messaging';
import { afterEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, keptLog } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const busyGroup: ConsumerGroup = { ...group, name: 'busy' };
const harness = new Harness();
afterEach(() => harness.close());

/** Notes the names of each batch. */
function noting(batches: string[][]): Handler {
  return handle(OpenWallet, async (_unit, messages) => {
    batches.push(messages.map(({ value }) => value.name!));
  });
}

test('a group that rests takes a lone message at once and what comes meanwhile together, and stops in the middle of a rest', async () => {
  const [rested, busy]: [string[][], string[][]] = [[], []];
  const { logger, lines } = keptLog<{ step?: string }>('warn');
  const sender = harness.messaging('wallet', await harness.database(), { partitions: 1 });
  sender.consume({ group: busyGroup, handlers: [noting(busy)] });
  await sender.start();
  const database = await harness.database();
  const resting = async (): Promise<Messaging> => {
    const messaging = harness.messaging('wallet', database, { partitions: 1, logger });
    messaging.consume({ group, handlers: [noting(rested)], restMs: 60_000 });
    await messaging.start();
    return messaging;
  };
  const first = await resting();
  const send = async (name: string): Promise<void> => {
    const walletId = uuidv7();
    await sender.transaction(async (unit) => {
      unit.send(OpenWallet, walletId, { walletId, ownerId: walletId, walletType: 't', name });
    });
    await eventually(async () => (busy.flat().includes(name) ? true : undefined));
  };

  await send('1');
  await eventually(async () => rested[0]);
  await send('2');
  await send('3');
  expect(rested).toEqual([['1']]);
  await first.stop();
  // A rest that went on would have been left behind with a warning; a cold broker may have been the reason for others.
  expect(lines.filter(({ step }) => step !== undefined)).toEqual([]);
  await resting();
  await eventually(async () => rested[1]);
  expect(rested).toEqual([['1'], ['2', '3']]);
});
