import type { Database } from '@florin/database';
import { validationFailed } from '@florin/http';
import type { Clock } from '@florin/observability';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { lockRedriveRule } from '../db/lock-redrive-rule.js';
import { writeRedriveRule } from '../db/write-redrive-rule.js';
import type { RedriveRuleFields } from '../domain/redrive-rule.js';

export interface RuleTools {
  readonly database: Database;
  readonly clock: Clock;
}

/** Rules act without anybody watching: each change of one is audited with who and what. */
export function createRedriveRule(
  { database, clock }: RuleTools,
  change: { readonly id: string; readonly actor: string; readonly fields: RedriveRuleFields },
): Promise<void> {
  const { id, actor, fields } = change;
  refuseSenseless(fields);
  return database.transaction(async (tx) => {
    const at = new Date(clock.now());
    await writeRedriveRule(tx, id, fields, { actor, at });
    await appendOperatorActions(tx, [
      {
        actor,
        action: 'redrive-rule.create',
        subject: id,
        reason: null,
        detail: { ...fields },
        occurredAt: at,
      },
    ]);
  });
}

/** @throws Problem 404, 409 for a name that is taken, 400 for a rule without a condition */
export function changeRedriveRule(
  { database, clock }: RuleTools,
  change: { readonly id: string; readonly actor: string; readonly fields: Partial<RedriveRuleFields> },
): Promise<void> {
  const { id, actor } = change;
  return database.transaction(async (tx) => {
    const before = await lockRedriveRule(tx, id);
    const named = Object.entries(change.fields).filter(([, value]) => value !== undefined);
    const after: RedriveRuleFields = { ...before, ...Object.fromEntries(named) };
    refuseSenseless(after);
    const at = new Date(clock.now());
    await writeRedriveRule(tx, id, after, { actor, at });
    const detail = { name: after.name, ...Object.fromEntries(named) };
    await appendOperatorActions(tx, [
      { actor, action: 'redrive-rule.update', subject: id, reason: null, detail, occurredAt: at },
    ]);
  });
}

/** What it has replayed stays on record, with its id. @throws Problem 404 */
export function deleteRedriveRule(
  { database, clock }: RuleTools,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<void> {
  return database.transaction(async (tx) => {
    const detail = { ...(await lockRedriveRule(tx, id)) };
    await tx.query('DELETE FROM redrive_rules WHERE id = $1', [id]);
    const occurredAt = new Date(clock.now());
    await appendOperatorActions(tx, [
      { actor, action: 'redrive-rule.delete', subject: id, reason: null, detail, occurredAt },
    ]);
  });
}

/** @throws Problem 400 for a rule that would replay at once and always, or never */
function refuseSenseless(rule: RedriveRuleFields): void {
  if (rule.breaker === null && !rule.newVersion && rule.minAgeSeconds === null) {
    throw validationFailed([
      { pointer: '/breaker', detail: 'A rule needs a condition: breaker, newVersion or minAgeSeconds.' },
    ]);
  }
  if (
    rule.minAgeSeconds !== null &&
    rule.maxAgeSeconds !== null &&
    rule.minAgeSeconds >= rule.maxAgeSeconds
  ) {
    throw validationFailed([{ pointer: '/maxAgeSeconds', detail: 'It has to be more than minAgeSeconds.' }]);
  }
}
