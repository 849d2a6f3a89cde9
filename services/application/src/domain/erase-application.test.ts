import { expect, test } from '@jest/globals';
import type { Application, Step } from './application.js';
import { eraseApplication } from './erase-application.js';

const step = (name: string, change: Partial<Step>): Step => ({
  ...{ name, status: 'pending', attempts: 0, startedAt: null, finishedAt: null, reason: null },
  ...{ output: null, waitsFor: null },
  ...change,
});

const application: Application = {
  id: 'a',
  type: 'credit-card',
  version: 1,
  applicantId: 'ada',
  data: { income: 1_000 },
  status: 'in_progress',
  steps: [],
  decision: null,
  revision: 3,
  createdAt: 0,
};

test('given one that is under way, stops it and forgets what it knows', () => {
  const steps = [
    step('kyc', { status: 'completed', finishedAt: 1, output: { name: 'Ada' }, reason: 'name differs: Ada' }),
    step('wallet', { status: 'waiting', startedAt: 2, waitsFor: 'w' }),
    step('notify', {}),
  ];
  const { application: erased, effects } = eraseApplication({ ...application, steps }, 9);
  expect(erased).toMatchObject({ id: 'a', data: {}, status: 'failed', revision: 4 });
  expect(
    erased.steps.map(({ status, reason, output, waitsFor }) => [status, reason, output, waitsFor]),
  ).toEqual([
    ['completed', null, null, null],
    ['failed', 'applicant-left', null, null],
    ['skipped', null, null, null],
  ]);
  expect(effects).toEqual([]);
});

test('given one that is decided, keeps the outcome and not the reason', () => {
  const steps = [step('decide', { status: 'completed', output: { outcome: 'declined' } })];
  const decision = { outcome: 'declined', reason: 'Ada earns too little', decidedBy: null } as const;
  const { application: erased } = eraseApplication({ ...application, steps, decision }, 9);
  expect(erased).toMatchObject({ status: 'declined', decision: { outcome: 'declined', reason: null } });
});
