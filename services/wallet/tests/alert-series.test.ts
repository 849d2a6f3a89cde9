import { AuditLedger, LedgerAuditProgressed } from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { hasSeries, readAlertGroups, selectorsOf } from '../../../test/env/alert-rules.js';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

/** Served by the edge; see its tests. */
const ofOthers = new Set(['ledger_findings_day']);
let service: WalletFixture;

beforeAll(async () => {
  service = await createWalletFixture([LedgerAuditProgressed]);
});
afterAll(() => service.close());

test('the alerts about the ledger look at series that the wallet service serves once it has made an audit', async () => {
  const auditId = uuidv7();
  await service.peer.send(AuditLedger, auditId, { auditId, kind: 'books', walletId: null });
  await service.heard(
    LedgerAuditProgressed,
    (event) => event.auditId === auditId && event.status === 'passed',
  );
  const scrape = await (await fetch(`${service.url}/metrics`)).text();
  const rules = readAlertGroups().find(({ name }) => name === 'ledger')!.rules;
  const selectors = rules
    .flatMap(({ expr }) => selectorsOf(expr))
    .filter(({ metric }) => !ofOthers.has(metric));
  expect(selectors.length).toBeGreaterThan(5);
  expect(selectors.filter((selector) => !hasSeries(scrape, selector))).toEqual([]);
});
