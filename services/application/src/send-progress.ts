import { ApplicationDecided, ApplicationProgressed, IssueCard, OpenWallet, RunStep } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { Application } from './domain/application.js';
import type { Effect } from './domain/effect.js';
import type { Progress } from './domain/progress.js';

/** Announces the new state of an application and sends what the change sets off. */
export function sendProgress(unit: UnitOfWork, { application, effects }: Progress, cause: Received): void {
  const { id: applicationId, applicantId, type, version, status, decision, createdAt } = application;
  unit.send(
    ApplicationProgressed,
    applicationId,
    {
      applicationId,
      applicantId,
      type,
      version,
      status,
      steps: application.steps.map(({ name, status, attempts, startedAt, finishedAt, reason }) => ({
        name,
        status,
        attempts,
        startedAt,
        finishedAt,
        reason,
      })),
      decisionOutcome: decision?.outcome ?? null,
      decisionReason: decision?.reason ?? null,
      decidedBy: decision?.decidedBy ?? null,
      createdAt,
    },
    { cause, aggregateVersion: application.revision },
  );
  for (const effect of effects) sendEffect(unit, application, effect, cause);
}

function sendEffect(unit: UnitOfWork, application: Application, effect: Effect, cause: Received): void {
  const { id: applicationId, applicantId, type, revision } = application;
  const ownerId = applicantId;
  switch (effect.type) {
    case 'run-step':
      unit.send(RunStep, applicationId, { applicationId, step: effect.step }, { cause });
      return;
    case 'open-wallet': {
      const { walletId, walletType, name } = effect;
      unit.send(OpenWallet, walletId, { walletId, ownerId, walletType, name }, { cause });
      return;
    }
    case 'issue-card': {
      const { cardId, walletId } = effect;
      // Keyed by the wallet, like everything that is done to one.
      unit.send(IssueCard, walletId, { cardId, walletId, ownerId }, { cause });
      return;
    }
    case 'tell-decision': {
      const { outcome, reason } = effect;
      const body = { applicationId, applicantId, type, outcome, reason };
      unit.send(ApplicationDecided, applicationId, body, { cause, aggregateVersion: revision });
    }
  }
}
