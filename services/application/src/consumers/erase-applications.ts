import type { CustomerErased } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { changeApplications } from '../change-applications.js';
import type { ApplicationContext } from '../context.js';
import { eraseApplicationData } from '../db/erase-application-data.js';
import { findApplicationsOf } from '../db/find-applications-of.js';
import { lockApplicants } from '../db/lock-applicants.js';
import { rememberErasedApplicants } from '../db/remember-erased-applicants.js';
import { eraseApplication } from '../domain/erase-application.js';

/** Erases what applicants who have left wrote, and what providers said about them. */
export async function eraseApplications(
  context: ApplicationContext,
  unit: UnitOfWork,
  messages: readonly Received<CustomerErased>[],
): Promise<void> {
  const now = context.clock.now();
  const causes = new Map(messages.map((message) => [message.value.customerId, message]));
  await lockApplicants(unit.tx, [...causes.keys()]);
  await rememberErasedApplicants(unit.tx, [...causes.keys()], new Date(now));
  const applications = await findApplicationsOf(unit.tx, [...causes.keys()]);
  await changeApplications(
    context,
    unit,
    applications.map(({ id, applicantId }) => ({
      applicationId: id,
      cause: causes.get(applicantId)!,
      change: (application) => eraseApplication(application, now),
    })),
  );
  await eraseApplicationData(
    unit.tx,
    applications.map(({ id }) => id),
  );
}
