import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { handle } from '@florin/messaging';
import { afterAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, keptLog } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harness = new Harness();
afterAll(() => harness.close());

test('with LOG_LEVEL=debug the line of a handled message names its aggregate', async () => {
  const { logger, lines } = keptLog<{ msg: string; aggregateId?: string }>('debug');
  const messaging = harness.messaging('wallet', await harness.database(), { logger });
  messaging.consume({ group, handlers: [handle(OpenWallet, async () => undefined)] });
  await messaging.start();
  const walletId = uuidv7();
  await messaging.transaction(async (unit) => {
    unit.send(OpenWallet, walletId, { walletId, ownerId: walletId, walletType: 't', name: null });
  });
  const line = await eventually(async () => lines.find(({ msg }) => msg === 'message handled'));
  expect(line.aggregateId).toBe(walletId);
});
