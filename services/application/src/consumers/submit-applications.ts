import type { SubmitApplication } from '@florin/contracts';
import { PermanentError, type Received, RetryableError, type UnitOfWork } from '@florin/messaging';
import type { ApplicationContext } from '../context.js';
import { findLatestVersions } from '../db/find-latest-versions.js';
import { insertApplications } from '../db/insert-applications.js';
import { lockApplicants } from '../db/lock-applicants.js';
import { writeSteps } from '../db/write-steps.js';
import { type Progress, submit } from '../domain/progress.js';
import { sendProgress } from '../send-progress.js';

/**
 * Starts the workflow of the version in force. An application id that exists already changes nothing, and neither does the
 * application of somebody who has left meanwhile: nobody is there any more who could be told.
 */
export async function submitApplications(
  context: ApplicationContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitApplication>[],
): Promise<void> {
  const now = context.clock.now();
  const versions = await findLatestVersions(unit.tx, [...new Set(messages.map((m) => m.value.type))]);
  const started = new Map<string, { progress: Progress; cause: Received }>();
  const erased = await lockApplicants(
    unit.tx,
    messages.map(({ value }) => value.applicantId),
  );
  for (const cause of messages) {
    if (erased.has(cause.value.applicantId)) continue;
    const { applicationId: id, type, applicantId, data } = cause.value;
    const version = versions.get(type);
    if (version === undefined) {
      throw new RetryableError('application-type-unknown', `application type ${type} is not defined`);
    }
    const { workflow } = await context.types.get(unit.tx, type, version);
    const submission = { id, type, version, applicantId, data: parseData(data) };
    if (!started.has(id)) started.set(id, { progress: submit(workflow, submission, now), cause });
  }
  const all = [...started.values()];
  const inserted = await insertApplications(
    unit.tx,
    all.map(({ progress }) => progress.application),
  );
  const fresh = all.filter(({ progress }) => inserted.has(progress.application.id));
  await writeSteps(
    unit.tx,
    fresh.map(({ progress }) => progress.application),
  );
  for (const { progress, cause } of fresh) sendProgress(unit, progress, cause);
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The cause would quote the data.
    throw new PermanentError('application-data-invalid', 'the data of the application is not JSON');
  }
}
