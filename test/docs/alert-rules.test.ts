import { describe, expect, test } from '@jest/globals';
import { hasSeries, readAlertGroups, selectorsOf } from '../env/alert-rules.js';
import { registeredMetrics } from './registered-metrics.js';

const groups = readAlertGroups();
const rules = groups.flatMap((group) => group.rules);

describe.each(rules.map((rule) => [rule.alert, rule] as const))('the alert %s', (_name, rule) => {
  test('is PromQL over metrics that a service has', () => {
    const selectors = selectorsOf(rule.expr);
    expect(selectors.length).toBeGreaterThan(0);
    const metrics = new Set(registeredMetrics());
    expect(selectors.map(({ metric }) => metric).filter((metric) => !metrics.has(metric))).toEqual([]);
  });

  test('is what Prometheus takes for a rule, and says what it is about', () => {
    const known = new Set(['alert', 'expr', 'for', 'labels', 'annotations']);
    expect(Object.keys(rule).filter((key) => !known.has(key))).toEqual([]);
    expect(rule.for ?? '0s').toMatch(/^(\d+[smhd])+$/);
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toMatch(/\w/);
  });
});

test('alerts have names of their own', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  expect(rules.length).toBeGreaterThan(5);
});

test('an expression that is not PromQL, or names no metric, is noticed', () => {
  expect(() => selectorsOf('min(a) > ')).toThrow(SyntaxError);
  expect(() => selectorsOf('min(a{kind=books}) > 1')).toThrow(SyntaxError);
  expect(selectorsOf('3 * max(a) > b{kind="books", x="1"} or absent(c)')).toEqual([
    { metric: 'a', labels: {} },
    { metric: 'b', labels: { kind: 'books', x: '1' } },
    { metric: 'c', labels: {} },
  ]);
  const scrape = '# HELP a_total x\na_total{kind="books",service="wallet"} 3\nb 1\n';
  expect(hasSeries(scrape, { metric: 'a_total', labels: { kind: 'books' } })).toBe(true);
  expect(hasSeries(scrape, { metric: 'a_total', labels: { kind: 'chain' } })).toBe(false);
  expect(hasSeries(scrape, { metric: 'a', labels: {} })).toBe(false);
  expect(hasSeries(scrape, { metric: 'b', labels: {} })).toBe(true);
});
