import { parseStatusChangeResourceId } from '../read-models/status-change.js';
import type { ResourceKind, ResourceRef } from './submission.js';

/** Where a client finds what it asked for. Definitions have no address of their own: their list is filtered. */
const locations: Record<ResourceKind, (id: string) => string> = {
  'wallet-type': (code) => `/v1/wallet-types?code=${encodeURIComponent(code)}`,
  wallet: (id) => `/v1/wallets/${id}`,
  'wallet-status': (id) => `/v1/wallets/${parseStatusChangeResourceId(id).subjectId}`,
  card: (id) => `/v1/cards/${id}`,
  'card-status': (id) => `/v1/cards/${parseStatusChangeResourceId(id).subjectId}`,
  'transaction-type': (id) => versionOf('/v1/transaction-types', id),
  'transaction-rule': (id) => `/v1/transaction-rules?id=${id}`,
  'transaction-rule-withdrawal': (id) => `/v1/transaction-rules?id=${id}`,
  'transfer-quote': () => '/v1/transactions',
  transaction: (id) => `/v1/transactions/${id}`,
  'scheduled-transfer': (id) => `/v1/scheduled-transfers/${id}`,
  'scheduled-transfer-cancellation': (id) => `/v1/scheduled-transfers/${id}`,
  'fx-rate': (id) => `/v1/fx-rates?id=${id}`,
  'fx-quote': (id) => `/v1/fx-quotes/${id}`,
  bulk: (id) => `/v1/bulks/${id}`,
  'application-type': (id) => versionOf('/v1/application-types', id),
  application: (id) => `/v1/applications/${id}`,
  'application-decision': (id) => `/v1/applications/${id}`,
  'ledger-audit': (id) => `/ops/v1/ledger/audits/${id}`,
  'settlement-file': (id) => `/ops/v1/settlement-files/${id}`,
  'reconciliation-break': (id) => `/ops/v1/reconciliation-breaks/${id}`,
  replay: (id) => `/ops/v1/replays/${id}`,
};

export function locationOf({ kind, id }: ResourceRef): string {
  return locations[kind](id);
}

/** The list of a versioned definition, filtered down to the version `<code>:<version>`. */
function versionOf(path: string, id: string): string {
  const [code = '', version = ''] = id.split(':');
  return `${path}?code=${encodeURIComponent(code)}&version=${version}`;
}
