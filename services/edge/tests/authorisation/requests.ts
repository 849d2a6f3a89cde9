import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../../test/story/eventually.js';
import { admin, type Customer } from '../edge-fixture.js';
import type { World } from './world.js';

/** A request that the owner may make, about something that exists. */
export interface Prepared {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: object;
  /** Where the answer to the right caller is not the first success of the document. */
  readonly status?: number;
  /** Where the owner must not be the one who calls. */
  readonly owner?: Customer;
  /** The request names something of the owner in its body, so that a stranger gets 404. */
  readonly namesOwned?: boolean;
}

const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Requests by operation. One that has path parameters or a body and is missing here fails the test. */
export const requests: Readonly<Record<string, (world: World) => Promise<Prepared>>> = {
  registerCustomer: async () => ({
    body: {
      fullName: 'Ada',
      email: `${randomUUID()}@example.com`,
      phone: `+1${String(Number.parseInt(randomUUID().slice(0, 8), 16)).padStart(10, '0')}`,
      password: `engine ${randomUUID()}`,
    },
  }),
  verifyEmail: async () => ({ body: { token: randomUUID() }, status: 404 }),
  resendVerification: async () => ({ body: { email: 'nobody@example.com' } }),
  requestPasswordReset: async () => ({ body: { email: 'nobody@example.com' } }),
  resetPassword: async () => ({
    body: { token: randomUUID(), newPassword: 'another one altogether' },
    status: 404,
  }),
  // The customers of these tests have no password.
  changePassword: async () => ({
    body: { currentPassword: 'not the one', newPassword: 'another one altogether' },
    status: 404,
  }),
  changeEmail: async () => ({
    body: { email: `${randomUUID()}@example.com`, currentPassword: 'not the one' },
    status: 404,
  }),
  changePhone: async () => ({ body: { phone: '+14155550100', currentPassword: 'not the one' }, status: 404 }),
  confirmPhone: async () => ({ params: { challengeId: unknown }, body: { code: '123456' }, status: 404 }),
  logIn: async () => ({ body: { email: 'nobody@example.com', password: 'not the one' }, status: 401 }),
  confirmLogin: async () => ({ params: { challengeId: unknown }, body: { code: '123456' }, status: 410 }),
  refreshSession: async () => ({ body: { refreshToken: randomUUID() }, status: 401 }),
  deleteOwnCustomer: async (world) => ({ owner: await world.edge.newCustomer(), status: 204 }),
  logOut: async (world) => ({ owner: await world.edge.newCustomer() }),
  revokeSession: async (world) => ({ params: { id: await world.newSession(world.owner.id) } }),
  updateOwnCustomer: async () => ({ body: { fullName: 'Ada King' } }),
  findCustomer: async (world) => ({ query: `?id=${world.owner.id}` }),

  createApiKey: async () => ({ body: { name: 'Partner', scopes: ['api-keys:write'] } }),
  getApiKey: async (world) => ({ params: { id: await newKey(world) } }),
  getApiKeyUsage: async (world) => ({ params: { id: await newKey(world) } }),
  rotateApiKey: async (world) => ({ params: { id: await newKey(world) }, body: { overlapSeconds: 60 } }),
  revokeApiKey: async (world) => ({ params: { id: await newKey(world) } }),

  createWalletType: async (world) => ({ body: { code: world.newCode(), name: 'Gold', currency: 'USD' } }),
  createWallet: async (world) => ({ body: { walletType: await world.edge.walletType() } }),
  getWallet: async (world) => ({ params: { id: world.walletId } }),
  getBalance: async (world) => ({ params: { id: world.walletId } }),
  getStatement: async (world) => ({ params: { id: world.walletId } }),
  freezeWallet: async (world) => ({ params: { id: await world.newWallet() } }),
  unfreezeWallet: async (world) => ({ params: { id: await world.newWallet() } }),
  closeWallet: async (world) => ({ params: { id: await world.newWallet() } }),

  createCard: async (world) => ({ body: { walletId: world.walletId }, namesOwned: true }),
  getCard: async (world) => ({ params: { id: await world.newCard() } }),
  freezeCard: async (world) => ({ params: { id: await world.newCard() } }),
  unfreezeCard: async (world) => ({ params: { id: await world.newCard() } }),
  cancelCard: async (world) => ({ params: { id: await world.newCard() } }),

  createTransactionType: async (world) => ({ body: { code: world.newCode(), name: 'Gift' } }),
  createTransactionRule: async (world) => ({ body: await newRule(world) }),
  deleteTransactionRule: async (world) => ({
    params: { id: (await world.make('/v1/transaction-rules', await newRule(world))).id },
  }),
  createTransaction: async (world) => ({ body: transferOf(world), namesOwned: true }),
  getTransaction: async (world) => ({
    // Between wallets of the owner, because who receives money may see where it came from.
    params: { id: (await world.make('/v1/transactions', await ownTransfer(world), world.owner.token)).id },
  }),
  createReversal: async (world) => ({
    params: { id: (await world.make('/v1/transactions', await ownTransfer(world), world.owner.token)).id },
    body: { amount: 1, reason: 'Not delivered.' },
  }),
  createScheduledTransfer: async (world) => ({ body: scheduleOf(world), namesOwned: true }),
  getScheduledTransfer: async (world) => ({ params: { id: await newSchedule(world) } }),
  listOccurrences: async (world) => ({ params: { id: await newSchedule(world) } }),
  cancelScheduledTransfer: async (world) => ({ params: { id: await newSchedule(world) } }),
  createFxRate: async () => ({
    body: { sourceCurrency: 'USD', destinationCurrency: 'EUR', rate: '0.92' },
  }),
  createFxQuote: async () => ({
    body: { sourceCurrency: 'USD', destinationCurrency: 'EUR', amount: 100 },
  }),
  getFxQuote: async (world) => {
    const body = { sourceCurrency: 'USD', destinationCurrency: 'EUR', amount: 100 };
    return { params: { id: (await world.make('/v1/fx-quotes', body, world.owner.token)).id } };
  },
  createBulk: async (world) => ({ body: { mode: 'atomic', items: [transferOf(world)] }, namesOwned: true }),
  getBulk: async (world) => {
    const body = { mode: 'independent', items: [await ownTransfer(world)] };
    return { params: { id: (await world.make('/v1/transactions/bulk', body, world.owner.token)).id } };
  },
  getTransactionTimeline: async (world) => ({
    params: { id: (await world.make('/v1/transactions', await ownTransfer(world), world.owner.token)).id },
  }),
  createDeposit: async (world) => ({
    body: { walletId: world.walletId, amount: 5, currency: 'USD', fundingToken: 'tok_ok' },
    namesOwned: true,
  }),
  createWithdrawal: async (world) => ({
    body: { walletId: world.walletId, amount: 5, currency: 'USD', fundingToken: 'tok_ok' },
    namesOwned: true,
  }),
  // Everybody may call; only the provider can sign.
  receivePspCallback: async () => ({
    body: { type: 'charge.succeeded', data: { reference: 'x' } },
    status: 400,
  }),
  createSettlementFile: async (world) => ({
    body: { fileId: world.newCode(), settlementDate: '2025-11-21', content: 'type' },
  }),
  getSettlementFile: async (world) => ({ params: { id: await world.settlementFile() } }),
  getReconciliationBreak: async (world) => ({ params: { id: await world.reconciliationBreak() } }),
  resolveReconciliationBreak: async (world) => ({
    params: { id: await world.reconciliationBreak() },
    body: { reason: 'The provider has confirmed it.' },
  }),
  approveBreakResolution: async (world) => ({
    params: { id: await world.reconciliationBreak('proposed') },
    body: { version: 1 },
  }),

  createApplicationType: async (world) => ({ body: applicationType(world.newCode()) }),
  createApplication: async (world) => ({ body: { type: await newApplicationType(world), data: {} } }),
  getApplication: async (world) => ({ params: { id: await newApplication(world) } }),
  decideApplication: async (world) => ({
    params: { id: await newApplication(world) },
    body: { outcome: 'approved', reason: 'It is fine.' },
  }),

  getDeadLetter: async (world) => ({ params: { id: (await world.deadLetter()).id } }),
  discardDeadLetter: async (world) => ({
    params: { id: (await world.deadLetter()).id },
    body: { reason: 'Done by hand.' },
  }),
  listRevisions: async (world) => ({ params: { id: (await world.deadLetter()).id } }),
  createRevision: async (world) => {
    const { id, payload } = await world.deadLetter();
    return {
      params: { id },
      body: { baseRevision: 0, payload: { ...payload, description: 'New' }, reason: 'typo' },
    };
  },
  approveRevision: async (world) => {
    const { id, payload } = await world.deadLetter();
    await world.make(`/ops/v1/dead-letters/${id}/revisions`, {
      baseRevision: 0,
      payload: { ...payload, amount: payload.amount + 1 },
      reason: 'typo',
    });
    return { params: { id, revision: '1' }, body: {} };
  },
  createReplay: async () => ({ body: { fingerprint: 'none has it' } }),
  getReplay: async (world) => ({ params: { id: await newReplay(world) } }),
  abortReplay: async (world) => ({ params: { id: await newReplay(world) }, body: { reason: 'Enough.' } }),
  createRedriveRule: async (world) => ({ body: rule(world) }),
  getRedriveRule: async (world) => ({ params: { id: await newRedriveRule(world) } }),
  updateRedriveRule: async (world) => ({
    params: { id: await newRedriveRule(world) },
    body: { enabled: false },
  }),
  deleteRedriveRule: async (world) => ({ params: { id: await newRedriveRule(world) } }),
  // One at a time: the one before has to end.
  createProjectionRebuild: async (world) => {
    await noRebuild(world);
    return { body: { carryOver: true } };
  },
  getProjectionRebuild: async (world) => {
    await noRebuild(world);
    const { id } = await world.make('/ops/v1/projection-rebuilds', { carryOver: true });
    return { params: { id } };
  },
  createLedgerAudit: async () => ({ body: { kind: 'books' } }),
  getLedgerAudit: async (world) => ({
    params: { id: (await world.make('/ops/v1/ledger/audits', { kind: 'books' })).id },
  }),
};

/** One that a key with nothing but the scope of these calls may manage. */
async function newKey(world: World): Promise<string> {
  return (await world.make('/v1/api-keys', { name: 'Partner', scopes: ['api-keys:write'] })).id;
}

function transferOf(world: World) {
  return {
    type: 'transfer',
    sourceWalletId: world.walletId,
    destinationWalletId: world.strangersWalletId,
    amount: 5,
    currency: 'USD',
  };
}

async function ownTransfer(world: World) {
  return { ...transferOf(world), destinationWalletId: await world.newWallet() };
}

function scheduleOf(world: World) {
  return { ...transferOf(world), cron: '0 9 1 * *', timeZone: 'Europe/Berlin' };
}

async function newSchedule(world: World): Promise<string> {
  return (await world.make('/v1/scheduled-transfers', scheduleOf(world), world.owner.token)).id;
}

async function newRule(world: World) {
  const transactionType = world.newCode();
  await world.make('/v1/transaction-types', { code: transactionType, name: 'Gift' });
  const walletType = await world.edge.walletType();
  return { transactionType, sourceWalletType: walletType, destinationWalletType: walletType };
}

function applicationType(code: string) {
  return {
    code,
    name: 'Loan',
    schema: { type: 'object' },
    workflow: { steps: [{ name: 'review', kind: 'manual' }] },
  };
}

async function newApplicationType(world: World): Promise<string> {
  const code = world.newCode();
  await world.make('/v1/application-types', applicationType(code));
  return code;
}

async function newApplication(world: World): Promise<string> {
  const type = await newApplicationType(world);
  return (await world.make('/v1/applications', { type, data: {} }, world.owner.token)).id;
}

async function noRebuild(world: World): Promise<void> {
  await eventually('no rebuild to run', async () => {
    const path = '/ops/v1/projection-rebuilds?status=running';
    const { body } = await world.edge.call('GET', path, { token: admin });
    return body.data.length === 0 ? true : undefined;
  });
}

async function newReplay(world: World): Promise<string> {
  return (await world.make('/ops/v1/replays', { fingerprint: 'none has it' })).id;
}

function rule(world: World) {
  return { name: world.newCode(), minAgeSeconds: 3_600, fingerprint: uuidv7() };
}

async function newRedriveRule(world: World): Promise<string> {
  return (await world.make('/ops/v1/redrive-rules', rule(world))).id;
}
