import { type ConsumerGroup, IssueCard, OpenWallet } from '@florin/contracts';
import { type ConsumerOptions, type Handler, handle, type Messaging } from '@florin/messaging';
import { createMetrics } from '@florin/observability';
import { afterEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, keptLog } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const busyGroup: ConsumerGroup = { ...group, name: 'busy' };
const harness = new Harness();
afterEach(() => harness.close());

/** Notes the names of each batch. */
function noting(batches: string[][]): Handler {
  const handler = handle(OpenWallet, async (_unit, messages) => {
    batches.push(messages.map(({ value }) => value.name!));
  });
  return { ...handler, isUnhurried: ({ value }) => (value as OpenWallet).name === 'unhurried' };
}

/** A group that rests, and what its handler has been given. Another group, which does not, tells what has arrived by now. */
async function restingGroup(rests: Pick<ConsumerOptions, 'restMs' | 'unhurriedRestMs'>) {
  const [rested, busy]: [string[][], string[][]] = [[], []];
  const { logger, lines } = keptLog<{ step?: string }>('warn');
  const sender = harness.messaging('wallet', await harness.database(), { partitions: 1 });
  sender.consume({ group: busyGroup, handlers: [noting(busy)] });
  await sender.start();
  const database = await harness.database();
  return {
    rested,
    async start(metrics = createMetrics('wallet')): Promise<Messaging> {
      const messaging = harness.messaging('wallet', database, { partitions: 1, logger, metrics });
      messaging.consume({ group, handlers: [noting(rested)], ...rests });
      await messaging.start();
      return messaging;
    },
    async send(name: string): Promise<void> {
      const walletId = uuidv7();
      await sender.transaction(async (unit) => {
        unit.send(OpenWallet, walletId, { walletId, ownerId: walletId, walletType: 't', name });
      });
      await eventually(async () => (busy.flat().includes(name) ? true : undefined));
    },
    /** Of a type that the group has no handler for. */
    async sendOther(): Promise<void> {
      const cardId = uuidv7();
      await sender.transaction(async (unit) => {
        unit.send(IssueCard, cardId, { cardId, walletId: cardId, ownerId: cardId });
      });
    },
    /** A rest that went on would be left behind with a warning; a cold broker may be the reason for others. */
    stepsLeftBehind: () => lines.filter(({ step }) => step !== undefined),
  };
}

test('a group that rests takes a lone message at once and what comes meanwhile together, and stops in the middle of a rest', async () => {
  const { rested, start, send, stepsLeftBehind } = await restingGroup({ restMs: 60_000 });
  const first = await start();
  await send('1');
  await eventually(async () => rested[0]);
  await send('2');
  await send('3');
  expect(rested).toEqual([['1']]);
  await first.stop();
  expect(stepsLeftBehind()).toEqual([]);
  await start();
  await eventually(async () => rested[1]);
  expect(rested).toEqual([['1'], ['2', '3']]);
});

test('a group can rest after what is not for it, and only then', async () => {
  const { rested, start, send, sendOther, stepsLeftBehind } = await restingGroup({
    unhurriedRestMs: 600_000,
  });
  const metrics = createMetrics('wallet');
  const first = await start(metrics);
  await sendOther();
  await eventually(async () => {
    const handled = await metrics.getSingleMetricAsString('messaging_handled_messages_total');
    return /group="wallet",outcome="skipped"\S* 1/.exec(handled) ?? undefined;
  });
  await send('1');
  await send('2');
  expect(rested).toEqual([]);
  await first.stop();
  expect(stepsLeftBehind()).toEqual([]);
  await start();
  await eventually(async () => rested[0]);
  await send('3');
  await eventually(async () => rested[1]);
  expect(rested).toEqual([['1', '2'], ['3']]);
});

test('a group can rest after what nobody waits for, and only then', async () => {
  const { rested, start, send } = await restingGroup({ unhurriedRestMs: 600_000 });
  const first = await start();
  await send('unhurried');
  await eventually(async () => rested[0]);
  await send('1');
  expect(rested).toEqual([['unhurried']]);
  await first.stop();
  await start();
  await eventually(async () => rested[1]);
  await send('2');
  await eventually(async () => rested[2]);
  expect(rested).toEqual([['unhurried'], ['1'], ['2']]);
});
