import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Application } from './application.js';
import { decideManually } from './decide-manually.js';
import { parseDefinition } from './definition.js';
import type { Effect } from './effect.js';
import { compilePayloadSchema } from './payload-schema.js';
import { type Progress, submit } from './progress.js';
import { resumeStep, runStep } from './run-step.js';

const seed = JSON.parse(readFileSync('services/application/seeds/credit-card.json', 'utf8'));
const { schema, workflow } = parseDefinition(JSON.stringify(seed.schema), JSON.stringify(seed.workflow));
const problemsOf = compilePayloadSchema(schema);
const [good, middling, poor] = seed.schema.examples;

/** Drives the steps of the seeded workflow as the consumers do, until something from outside has to answer. */
function advance(progress: Progress, answers: Record<string, unknown>): Progress & { all: Effect[] } {
  let current = progress;
  const all = [...progress.effects];
  for (;;) {
    const next = current.effects.find((effect) => effect.type === 'run-step');
    if (!next) return { ...current, all };
    const { data } = current.application;
    const inputs = {
      answer: answers[next.step],
      problems: () => problemsOf(data),
      newId: () => `id-of-${next.step}`,
    };
    const result = runStep(workflow, current.application, next.step, inputs, 2_000);
    if (!result) throw new Error(`${next.step} was not run`);
    all.push(...result.effects);
    current = result;
  }
}

const kycClear = { outcome: 'clear', reasons: [] };
const bureau = (creditScore: number) => ({ creditScore, openDefaults: creditScore < 500 ? 2 : 0 });

function apply(data: unknown, answers: Record<string, unknown>): Progress & { all: Effect[] } {
  const submission = { id: 'a1', type: 'credit-card', version: 1, applicantId: 'ada', data };
  return advance(submit(workflow, submission, 1_000), answers);
}

const statuses = ({ steps }: Application): Record<string, string> =>
  Object.fromEntries(steps.map(({ name, status }) => [name, status]));

describe('a credit card application', () => {
  test('given a good score, is approved, opens a wallet, issues a card and tells the applicant', () => {
    const opening = apply(good, { kyc: kycClear, 'credit-bureau': bureau(780) });
    expect(opening.application).toMatchObject({
      status: 'in_progress',
      decision: { outcome: 'approved', decidedBy: null },
    });
    expect(opening.effects).toEqual([
      {
        type: 'open-wallet',
        walletId: 'id-of-open-wallet',
        walletType: 'personal-usd',
        name: 'Credit card',
      },
    ]);

    const reply = { output: { walletId: 'id-of-open-wallet' } };
    const opened = resumeStep(workflow, opening.application, 'id-of-open-wallet', reply, 3_000)!;
    const issuing = advance(opened, {});
    expect(issuing.effects).toEqual([
      { type: 'issue-card', cardId: 'id-of-issue-card', walletId: 'id-of-open-wallet' },
    ]);

    const issued = resumeStep(workflow, issuing.application, 'id-of-issue-card', { output: {} }, 4_000)!;
    const end = advance(issued, {});
    expect(end.effects).toEqual([{ type: 'tell-decision', outcome: 'approved', reason: null }]);
    expect(end.application.status).toBe('approved');
    expect(new Set(Object.values(statuses(end.application)))).toEqual(new Set(['completed']));
  });

  test('given a poor score, is declined without wallet or card, and the applicant is told', () => {
    const end = apply(poor, { kyc: kycClear, 'credit-bureau': bureau(400) });
    expect(end.application).toMatchObject({
      status: 'declined',
      decision: { outcome: 'declined', reason: 'score-too-low' },
    });
    expect(statuses(end.application)).toMatchObject({
      'open-wallet': 'skipped',
      'issue-card': 'skipped',
      notify: 'completed',
    });
    expect(end.all.at(-1)).toEqual({ type: 'tell-decision', outcome: 'declined', reason: 'score-too-low' });
  });

  test('given a rejected identity, is declined without asking the credit bureau', () => {
    const end = apply(good, { kyc: { outcome: 'rejected', reasons: ['sanctions-list-hit'] } });
    expect(end.application).toMatchObject({
      status: 'declined',
      decision: { reason: 'identity-not-confirmed' },
    });
    expect(statuses(end.application)['credit-bureau']).toBe('skipped');
  });

  test('given data that does not fit the schema, fails and does nothing else', () => {
    const end = apply({ fullName: 'Ada' }, {});
    expect(end.application.status).toBe('failed');
    expect(end.application.steps[0]?.reason).toMatch(/^data-invalid: .*dateOfBirth/);
    expect(statuses(end.application)).toMatchObject({
      validate: 'failed',
      kyc: 'skipped',
      notify: 'skipped',
    });
    expect(end.effects).toEqual([]);
  });

  test('given a wallet type that is refused, fails with the reason', () => {
    const opening = apply(good, { kyc: kycClear, 'credit-bureau': bureau(780) });
    const refusal = { refusal: 'wallet-type-unknown' };
    const end = resumeStep(workflow, opening.application, 'id-of-open-wallet', refusal, 3_000)!;
    expect(end.application.status).toBe('failed');
    expect(statuses(end.application)).toMatchObject({ 'open-wallet': 'failed', 'issue-card': 'skipped' });
  });
});

describe('a manual decision', () => {
  const waiting = () => apply(middling, { kyc: kycClear, 'credit-bureau': bureau(640) }).application;
  const decision = { outcome: 'approved', reason: 'Known customer', decidedBy: 'key:k1' } as const;

  test('is waited for when the score is in between', () => {
    const application = waiting();
    expect(application).toMatchObject({ status: 'waiting_for_decision', decision: null });
    expect(application.steps.find((step) => step.name === 'decision')).toMatchObject({
      status: 'waiting',
      reason: 'score-in-between',
    });
  });

  test('continues the workflow', () => {
    const result = decideManually(workflow, waiting(), decision, 5_000);
    expect(result).toMatchObject({
      application: { status: 'in_progress', decision },
      effects: [{ type: 'run-step', step: 'open-wallet' }],
    });
  });

  test('is refused to the applicant', () => {
    const own = { ...decision, decidedBy: 'customer:ada' };
    expect(decideManually(workflow, waiting(), own, 5_000)).toBe('decider-is-applicant');
  });

  test('is refused when none is waited for, also the second time', () => {
    const first = decideManually(workflow, waiting(), decision, 5_000);
    if (typeof first === 'string') throw new Error(first);
    const again = decideManually(workflow, first.application, { ...decision, outcome: 'declined' }, 6_000);
    expect(again).toBe('not-waiting-for-decision');
  });
});

describe('a redelivery', () => {
  test('of a step that has run changes nothing', () => {
    const start = submit(
      workflow,
      { id: 'a1', type: 'credit-card', version: 1, applicantId: 'ada', data: good },
      1,
    );
    const inputs = { answer: undefined, problems: () => [], newId: () => 'x' };
    const ran = runStep(workflow, start.application, 'validate', inputs, 2)!;
    expect(runStep(workflow, ran.application, 'validate', inputs, 3)).toBeUndefined();
    expect(runStep(workflow, ran.application, 'notify', inputs, 3)).toBeUndefined();
  });

  test('of a wallet that nobody waits for any more changes nothing', () => {
    const opening = apply(good, { kyc: kycClear, 'credit-bureau': bureau(780) });
    const opened = resumeStep(workflow, opening.application, 'id-of-open-wallet', { output: {} }, 3)!;
    const again = resumeStep(workflow, opened.application, 'id-of-open-wallet', { output: {} }, 4);
    expect(again).toBeUndefined();
  });
});
