import { completedAhead } from '../db/completed-ahead.js';

/** A table of a read model, as far as a rebuild has to know it. */
export interface RebuildableTable {
  readonly name: string;
  readonly key: readonly string[];
  /** What only the edge knows, when it accepted a call for example: taken from the row that is there. */
  readonly kept: readonly string[];
  /** Rows that no event tells of, yet or ever: calls that wait for their outcome, and refusals, which only mark a waiting one. */
  readonly edgeOnly: string | undefined;
}

const waitingOrRefused = `status IN ('pending', 'refused')`;

/** The projections that can be rebuilt from the topics, by name, each with its tables. */
export const rebuildable: Readonly<Record<string, readonly RebuildableTable[]>> = {
  'wallet-types': [{ name: 'wallet_types', key: ['code'], kept: ['created_at'], edgeOnly: waitingOrRefused }],
  wallets: [
    { name: 'wallets', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused },
    { name: 'entries', key: ['wallet_id', 'sequence'], kept: [], edgeOnly: undefined },
  ],
  cards: [{ name: 'cards', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused }],
  'transaction-types': [
    { name: 'transaction_types', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused },
  ],
  'transaction-rules': [
    { name: 'transaction_rules', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused },
  ],
  transactions: [
    {
      name: 'transactions',
      key: ['id'],
      kept: ['created_at', 'hops', 'stalled_since', 'stall_attempts', 'waiting_for'],
      // What tells of a transfer to those who do not know it comes after what completes it.
      edgeOnly: `${waitingOrRefused} OR ${completedAhead}`,
    },
  ],
  'fx-rates': [{ name: 'fx_rates', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused }],
  'fx-quotes': [{ name: 'fx_quotes', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused }],
  'scheduled-transfers': [
    { name: 'scheduled_transfers', key: ['id'], kept: ['created_at'], edgeOnly: waitingOrRefused },
    {
      name: 'scheduled_occurrences',
      key: ['scheduled_transfer_id', 'occurs_at'],
      kept: [],
      edgeOnly: undefined,
    },
  ],
  'application-types': [
    {
      name: 'application_types',
      key: ['id'],
      kept: ['created_at', 'correlation_id'],
      edgeOnly: waitingOrRefused,
    },
  ],
  // Before its first event an application has the version -1.
  applications: [{ name: 'applications', key: ['id'], kept: ['created_at'], edgeOnly: 'event_version < 0' }],
  reconciliation: [
    { name: 'settlement_files', key: ['id'], kept: ['created_at'], edgeOnly: `status = 'pending'` },
    { name: 'reconciliation_breaks', key: ['id'], kept: [], edgeOnly: undefined },
  ],
  notifications: [{ name: 'notifications', key: ['id'], kept: [], edgeOnly: undefined }],
};

export const rebuildableNames = Object.keys(rebuildable) as [string, ...string[]];

/** Tables that projections write and no rebuild replaces: an empty copy keeps them out of it. */
export const shieldedTables = ['status_changes'];

/** What they are rebuilt from. */
export const rebuiltFrom = [
  'application.events',
  'wallet.events',
  'transaction.events',
  'notification.events',
];

/** Tables of projections, sorted, because locks are taken in this order. */
export function tablesOf(projections: readonly string[]): readonly RebuildableTable[] {
  return projections.flatMap((name) => rebuildable[name] ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}
