import { describe, expect, test } from '@jest/globals';
import { InvalidDefinitionError, parseDefinition } from './definition.js';

const schema = {
  type: 'object',
  required: ['a'],
  properties: { a: { type: 'integer' } },
  examples: [{ a: 1 }],
};
const workflow = { steps: [{ name: 'validate', kind: 'validate' }] };
const parse = (s: unknown, w: unknown) => parseDefinition(JSON.stringify(s), JSON.stringify(w));

describe('a definition', () => {
  test('given a schema whose examples fit and known steps, is accepted', () => {
    expect(parse(schema, workflow).workflow.steps).toHaveLength(1);
  });

  test.each<[string, unknown, unknown, RegExp]>([
    ['an example that does not fit', { ...schema, examples: [{ a: 'x' }] }, workflow, /examples\/0: \/a/],
    ['a schema that does not compile', { type: 'nonsense' }, workflow, /^schema:/],
    ['a schema that is checked asynchronously', { ...schema, $async: true }, workflow, /^schema: \$async/],
    ['a schema that is no object', true, workflow, /^schema:/],
    [
      'an unknown kind of step',
      schema,
      { steps: [{ name: 'x', kind: 'magic' }] },
      /workflow\/steps\/0\/kind/,
    ],
    ['no step', schema, { steps: [] }, /workflow\/steps/],
    [
      'two steps of one name',
      schema,
      { steps: [...workflow.steps, ...workflow.steps] },
      /step names must be unique/,
    ],
    [
      'thresholds that cross',
      schema,
      {
        steps: [{ name: 'd', kind: 'decision', thresholds: { fact: '/a', approveFrom: 1, declineBelow: 2 } }],
      },
      /declineBelow/,
    ],
  ])('given %s, is refused', (_, s, w, message) => {
    expect(() => parse(s, w)).toThrow(InvalidDefinitionError);
    expect(() => parse(s, w)).toThrow(message);
  });

  test('given text that is not JSON, is refused', () => {
    expect(() => parseDefinition('{', '{}')).toThrow('schema: is not JSON');
  });
});
