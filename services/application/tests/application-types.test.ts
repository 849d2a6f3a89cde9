import { randomUUID } from 'node:crypto';
import {
  ApplicationDecided,
  ApplicationTypeRefused,
  DefineApplicationType,
  SubmitApplication,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import {
  type ApplicationFixture,
  type ApplicationTypeJson,
  createApplicationFixture,
} from './application-fixture.js';

let fixture: ApplicationFixture;
beforeAll(async () => {
  fixture = await createApplicationFixture();
}, 180_000);
afterAll(() => fixture.close());

/** Nothing in the code knows this type: other fields, other steps, other rules. */
const merchant: ApplicationTypeJson = {
  code: 'merchant-account',
  name: 'Merchant account',
  schema: {
    examples: [{ company: 'Acme', annualTurnover: 5_000_000, director: 'Ada Byron' }],
    ...{
      type: 'object',
      additionalProperties: false,
      required: ['company', 'annualTurnover', 'director'],
      properties: {
        company: { type: 'string' },
        annualTurnover: { type: 'integer' },
        director: { type: 'string' },
      },
    },
  },
  workflow: {
    steps: [
      { name: 'check-form', kind: 'validate' },
      { name: 'check-director', kind: 'kyc', input: { fullName: '/data/director' } },
      {
        name: 'rate',
        kind: 'score',
        rules: [
          {
            name: 'turnover',
            points: 10,
            when: [{ fact: '/data/annualTurnover', operator: 'gte', value: 1_000_000 }],
          },
        ],
      },
      {
        name: 'decide',
        kind: 'decision',
        declineWhen: [
          {
            reason: 'director-rejected',
            when: [{ fact: '/steps/check-director/outcome', operator: 'eq', value: 'rejected' }],
          },
        ],
        thresholds: { fact: '/steps/rate/score', approveFrom: 10, declineBelow: 10 },
      },
      { name: 'tell', kind: 'notify' },
    ],
  },
};

describe('an application type', () => {
  test('gets a new version when its definition changes, and only then', async () => {
    const type = { ...merchant, code: 'versioned' };
    expect(await fixture.define(type)).toBe(1);
    expect(await fixture.define(type)).toBe(1);
    expect(await fixture.define({ ...type, name: 'Another name' })).toBe(2);
    expect(await fixture.define(type)).toBe(3);
  });

  test('works by data alone', async () => {
    await fixture.define(merchant);
    const submit = (data: object) => fixture.submit(merchant.code, data);
    const rich = { company: 'Acme', annualTurnover: 5_000_000, director: 'Ada Byron' };
    const approved = await submit(rich);
    const small = await submit({ ...rich, annualTurnover: 10 });
    const rejected = await submit({ ...rich, director: 'Eve Sanctioned' });

    const end = await fixture.until(approved.applicationId, 'approval', (s) => s.status === 'approved');
    expect(end.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'check-form completed',
      'check-director completed',
      'rate completed',
      'decide completed',
      'tell completed',
    ]);
    await fixture.until(small.applicationId, 'decline', (s) => s.decisionReason === 'score-too-low');
    await fixture.until(rejected.applicationId, 'decline', (s) => s.decisionReason === 'director-rejected');
    await eventually('three letters to applicants', async () =>
      fixture.peer.heard<ApplicationDecided>(ApplicationDecided).length === 3 ? true : undefined,
    );
  });

  test('keeps an application on the version under which it was submitted', async () => {
    const type = { ...merchant, code: 'moving' };
    await fixture.define(type);
    const { applicationId } = await fixture.submit(type.code, merchant.schema.examples?.[0]);
    const end = await fixture.until(applicationId, 'approval', (s) => s.status === 'approved');
    expect(await fixture.define({ ...type, name: 'Moved' })).toBe(2);
    expect(end.version).toBe(1);
    const later = await fixture.submit(type.code, merchant.schema.examples?.[0]);
    expect(
      await fixture.until(later.applicationId, 'approval', (s) => s.status === 'approved'),
    ).toMatchObject({ version: 2 });
  });
});

describe('what makes no sense', () => {
  const workflow = '{"steps":[{"name":"check","kind":"validate"}]}';
  const manySteps = JSON.stringify({ steps: Array.from({ length: 50 }, () => ({ kind: 'x'.repeat(99) })) });

  test.each([
    ['an unknown step', '{}', '{"steps":[{"kind":"magic"}]}', /^workflow\/steps\/0\/kind: /],
    ['no workflow', '{}', '[]', /^workflow\/: /],
    ['no JSON', '{', workflow, /^schema: is not JSON$/],
    ['no JSON Schema', '{"type":"objekt"}', workflow, /^schema: /],
    ['an example that does not fit', '{"type":"object","examples":[1]}', workflow, /^schema\/examples\/0: /],
    ['more mistakes than anyone reads', '{}', manySteps, /^workflow.{990,}…$/],
  ])('as a definition is refused with the reason given %s', async (_what, schema, steps, reason) => {
    const code = `broken-${randomUUID()}`;
    const body = { code, name: 'Broken', schema, workflow: steps };
    const id = await fixture.peer.send(DefineApplicationType, code, body, { actor: 'key:author' });
    const { key, value } = await eventually('the refusal', async () =>
      fixture.peer
        .heard<ApplicationTypeRefused>(ApplicationTypeRefused)
        .find((refused) => refused.value.meta.causationId === id),
    );
    expect(key).toBe(code);
    expect(value).toMatchObject({ code, name: 'Broken', meta: { correlationId: id, actor: 'key:author' } });
    expect(value.reason).toMatch(reason);
    expect(fixture.peer.deadLetters.filter((letter) => letter.key === code)).toEqual([]);
  });

  test('as a definition leaves what is in force, and the code can be defined properly afterwards', async () => {
    const broken = { ...merchant, code: 'second-thoughts', workflow: { steps: [] } };
    const refusals = () =>
      fixture.peer
        .heard<ApplicationTypeRefused>(ApplicationTypeRefused)
        .filter(({ value }) => value.code === broken.code);
    const send = () =>
      fixture.peer.send(DefineApplicationType, broken.code, {
        ...{ code: broken.code, name: broken.name },
        ...{ schema: JSON.stringify(broken.schema), workflow: JSON.stringify(broken.workflow) },
      });
    await send();
    await eventually('the first refusal', async () => refusals()[0]);
    const type = { ...merchant, code: broken.code };
    expect(await fixture.define(type)).toBe(1);
    await send();
    await eventually('the second refusal', async () => refusals()[1]);
    expect(await fixture.define(type)).toBe(1);
    expect(await fixture.define({ ...type, name: 'Better' })).toBe(2);
  });

  test('as data fails the application with the reason, without quoting the data', async () => {
    await fixture.define(merchant);
    const { applicationId } = await fixture.submit(merchant.code, { company: 'S3cret' });
    const end = await fixture.until(applicationId, 'failure', (s) => s.status === 'failed');
    expect(end.steps[0]?.reason).toMatch(/data-invalid: .*annualTurnover/);
    expect(JSON.stringify(end)).not.toContain('S3cret');
  });

  test('as a type that was never defined takes the retry topics', async () => {
    const applicationId = randomUUID();
    const body = { applicationId, applicantId: randomUUID(), type: 'none', data: '{}' };
    await fixture.peer.send(SubmitApplication, applicationId, body);
    const letter = await eventually('the dead letter', async () =>
      fixture.peer.deadLetters.find(({ key }) => key === applicationId),
    );
    expect(letter.failure).toMatchObject({ errorCode: 'application-type-unknown', attempts: 3 });
  });
});
