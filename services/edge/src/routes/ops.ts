import type { Route } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { abortReplay } from './ops/abort-replay.js';
import { approveRevision } from './ops/approve-revision.js';
import { createRedriveRule } from './ops/create-redrive-rule.js';
import { createReplay } from './ops/create-replay.js';
import { createRevision } from './ops/create-revision.js';
import { deleteRedriveRule } from './ops/delete-redrive-rule.js';
import { discardDeadLetter } from './ops/discard-dead-letter.js';
import { getDeadLetter } from './ops/get-dead-letter.js';
import { getRedriveRule } from './ops/get-redrive-rule.js';
import { getReplay } from './ops/get-replay.js';
import { createLedgerAudit } from './ops/ledger/create-audit.js';
import { getLedgerAudit } from './ops/ledger/get-audit.js';
import { listLedgerAudits } from './ops/ledger/list-audits.js';
import { listAudits } from './ops/list-audits.js';
import { listBreakers } from './ops/list-breakers.js';
import { listConsumerGroups } from './ops/list-consumer-groups.js';
import { listDeadLetterGroups } from './ops/list-dead-letter-groups.js';
import { listDeadLetters } from './ops/list-dead-letters.js';
import { listOutboxes } from './ops/list-outboxes.js';
import { listRedriveRules } from './ops/list-redrive-rules.js';
import { listReplays } from './ops/list-replays.js';
import { listRevisions } from './ops/list-revisions.js';
import { listServices } from './ops/list-services.js';
import { listStalledTransactions } from './ops/list-stalled-transactions.js';
import { listTopics } from './ops/list-topics.js';
import { createProjectionRebuild } from './ops/rebuilds/create-projection-rebuild.js';
import { getProjectionRebuild } from './ops/rebuilds/get-projection-rebuild.js';
import { listProjectionRebuilds } from './ops/rebuilds/list-projection-rebuilds.js';
import { approveBreakResolution } from './ops/reconciliation/approve-break-resolution.js';
import { createSettlementFile } from './ops/reconciliation/create-settlement-file.js';
import { getReconciliationBreak } from './ops/reconciliation/get-reconciliation-break.js';
import { getSettlementFile } from './ops/reconciliation/get-settlement-file.js';
import { listReconciliationBreaks } from './ops/reconciliation/list-reconciliation-breaks.js';
import { listSettlementFiles } from './ops/reconciliation/list-settlement-files.js';
import { resolveReconciliationBreak } from './ops/reconciliation/resolve-reconciliation-break.js';
import { updateRedriveRule } from './ops/update-redrive-rule.js';
import { verifyAudits } from './ops/verify-audits.js';

/** What the `florin` command line and the console need. */
export const opsRoutes: readonly Route<EdgeContext>[] = [
  listTopics,
  listConsumerGroups,
  listServices,
  listStalledTransactions,
  listBreakers,
  listOutboxes,
  listDeadLetters,
  getDeadLetter,
  listDeadLetterGroups,
  discardDeadLetter,
  createRevision,
  listRevisions,
  approveRevision,
  createReplay,
  listReplays,
  getReplay,
  abortReplay,
  listRedriveRules,
  getRedriveRule,
  createRedriveRule,
  updateRedriveRule,
  deleteRedriveRule,
  listAudits,
  createLedgerAudit,
  listLedgerAudits,
  getLedgerAudit,
  verifyAudits,
  createSettlementFile,
  listSettlementFiles,
  getSettlementFile,
  listReconciliationBreaks,
  getReconciliationBreak,
  resolveReconciliationBreak,
  approveBreakResolution,
  createProjectionRebuild,
  listProjectionRebuilds,
  getProjectionRebuild,
];
