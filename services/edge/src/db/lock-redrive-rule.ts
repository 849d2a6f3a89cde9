import type { Transaction } from '@florin/database';
import { notFound } from '@florin/http';
import type { RedriveRuleFields } from '../domain/redrive-rule.js';

/** Locks a rule, so that two operators do not overwrite each other's change. @throws Problem 404 */
export async function lockRedriveRule(tx: Transaction, id: string): Promise<RedriveRuleFields> {
  const { rows } = await tx.query<RedriveRuleFields>({
    name: 'lock-redrive-rule',
    text: `SELECT name, description, enabled, consumer_group AS "group", topic, message_name AS "messageName",
             error_code AS "errorCode", fingerprint, breaker, new_version AS "newVersion",
             min_age_seconds AS "minAgeSeconds", max_age_seconds AS "maxAgeSeconds", stable_seconds AS "stableSeconds",
             canary, rate_per_second AS "ratePerSecond", max_redrives_per_letter AS "maxRedrivesPerLetter",
             max_letters_per_hour AS "maxLettersPerHour", backoff_seconds AS "backoffSeconds"
           FROM redrive_rules WHERE id = $1 FOR UPDATE`,
    values: [id],
  });
  if (!rows[0]) throw notFound('redrive rule');
  return rows[0];
}
