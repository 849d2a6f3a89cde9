import { type Application, isFinished, type Step, statusOf } from './application.js';
import type { Progress } from './progress.js';

/** Reason in the steps that were cut short. */
export const applicantLeft = 'applicant-left';

/**
 * An application without anything that its applicant, or anybody about the applicant, has said; what was still to be
 * done is not done any more. Which steps there were, and how it ended, stays.
 */
export function eraseApplication(application: Application, now: number): Progress {
  const steps = application.steps.map((step): Step => {
    const bare = { ...step, output: null, waitsFor: null };
    if (isFinished(step)) return { ...bare, reason: null };
    if (step.status === 'pending') return { ...bare, status: 'skipped', finishedAt: now };
    return { ...bare, status: 'failed', reason: applicantLeft, finishedAt: now };
  });
  const decision = application.decision && { ...application.decision, reason: null };
  return {
    application: {
      ...application,
      data: {},
      steps,
      decision,
      status: statusOf(steps, decision),
      revision: application.revision + 1,
    },
    effects: [],
  };
}
