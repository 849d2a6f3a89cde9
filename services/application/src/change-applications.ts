import type { Received, UnitOfWork } from '@florin/messaging';
import type { ApplicationType } from './application-types.js';
import type { ApplicationContext } from './context.js';
import { lockApplications } from './db/lock-applications.js';
import { updateApplications } from './db/update-applications.js';
import { writeSteps } from './db/write-steps.js';
import type { Application } from './domain/application.js';
import type { Progress } from './domain/progress.js';
import { sendProgress } from './send-progress.js';

export interface Change {
  readonly applicationId: string;
  readonly cause: Received;
  /** Decides under the lock; undefined when there is nothing to change any more. */
  readonly change: (application: Application, type: ApplicationType) => Progress | undefined;
}

/** Locks applications, changes them in the order of `changes`, stores them and sends what follows from each change. */
export async function changeApplications(
  { types }: Pick<ApplicationContext, 'types'>,
  unit: UnitOfWork,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return;
  const applications = await lockApplications(unit.tx, [...new Set(changes.map((c) => c.applicationId))]);
  const changed = new Set<string>();
  for (const { applicationId, cause, change } of changes) {
    const application = applications.get(applicationId);
    if (!application) continue;
    const type = await types.get(unit.tx, application.type, application.version);
    const progress = change(application, type);
    if (!progress) continue;
    applications.set(applicationId, progress.application);
    changed.add(applicationId);
    sendProgress(unit, progress, cause);
  }
  if (changed.size === 0) return;
  const states = [...changed].map((id) => applications.get(id)!);
  await updateApplications(unit.tx, states);
  await writeSteps(unit.tx, states);
}
