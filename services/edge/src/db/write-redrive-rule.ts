import { isUniqueViolation, type Transaction } from '@florin/database';
import { Problem } from '@florin/http';
import type { RedriveRuleFields } from '../domain/redrive-rule.js';

/** Creates a rule, or gives it these fields. @throws Problem 409 when another rule has the name */
export async function writeRedriveRule(
  tx: Transaction,
  id: string,
  rule: RedriveRuleFields,
  by: { readonly actor: string; readonly at: Date },
): Promise<void> {
  try {
    await tx.query({
      name: 'write-redrive-rule',
      text: `INSERT INTO redrive_rules
               (id, name, description, enabled, consumer_group, topic, message_name, error_code, fingerprint, breaker,
                new_version, min_age_seconds, max_age_seconds, stable_seconds, canary, rate_per_second,
                max_redrives_per_letter, max_letters_per_hour, backoff_seconds, updated_by, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)
             ON CONFLICT (id) DO UPDATE SET
               name = $2, description = $3, enabled = $4, consumer_group = $5, topic = $6, message_name = $7,
               error_code = $8, fingerprint = $9, breaker = $10, new_version = $11, min_age_seconds = $12,
               max_age_seconds = $13, stable_seconds = $14, canary = $15, rate_per_second = $16,
               max_redrives_per_letter = $17, max_letters_per_hour = $18, backoff_seconds = $19, updated_by = $20,
               updated_at = $21`,
      values: [
        id,
        rule.name,
        rule.description,
        rule.enabled,
        rule.group,
        rule.topic,
        rule.messageName,
        rule.errorCode,
        rule.fingerprint,
        rule.breaker,
        rule.newVersion,
        rule.minAgeSeconds,
        rule.maxAgeSeconds,
        rule.stableSeconds,
        rule.canary,
        rule.ratePerSecond,
        rule.maxRedrivesPerLetter,
        rule.maxLettersPerHour,
        rule.backoffSeconds,
        by.actor,
        by.at,
      ],
    });
  } catch (error) {
    if (isUniqueViolation(error, 'redrive_rules_name_key')) {
      throw new Problem(409, 'redrive-rule-exists', `There is a rule ${rule.name} already.`);
    }
    throw error;
  }
}
