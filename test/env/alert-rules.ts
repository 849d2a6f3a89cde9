import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SyntaxNodeRef } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The series that an expression looks at: a metric, and labels that have to have a value. */
export interface Selector {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

const file = fileURLToPath(new URL('../../infra/prometheus/alerts.yml', import.meta.url));

export function readAlertGroups(): readonly { name: string; rules: readonly AlertRule[] }[] {
  return parse(readFileSync(file, 'utf8')).groups;
}

/**
 * The selectors of a PromQL expression, by Prometheus' own grammar.
 * @throws SyntaxError where the expression is not PromQL
 */
export function selectorsOf(expr: string): readonly Selector[] {
  const selectors: { metric: string; labels: Record<string, string> }[] = [];
  let label = '';
  const text = ({ from, to }: SyntaxNodeRef): string => expr.slice(from, to);
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError) throw new SyntaxError(`no PromQL at ${node.from}: ${expr}`);
      if (node.name === 'VectorSelector') selectors.push({ metric: '', labels: {} });
      const selector = selectors.at(-1);
      if (!selector) return;
      if (node.name === 'Identifier' && selector.metric === '') selector.metric = text(node);
      if (node.name === 'LabelName' && node.node.parent?.name === 'UnquotedLabelMatcher') label = text(node);
      if (node.name === 'MatchOp' && text(node) !== '=') throw new SyntaxError(`only = is checked: ${expr}`);
      if (node.name === 'StringLiteral') selector.labels[label] = JSON.parse(text(node));
    },
  });
  return selectors;
}

/** Whether a scrape in Prometheus' text format has a series that a selector finds. */
export function hasSeries(scrape: string, { metric, labels }: Selector): boolean {
  return scrape.split('\n').some((line) => {
    const [, name, inside = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    return (
      name === metric && Object.entries(labels).every(([key, value]) => inside.includes(`${key}="${value}"`))
    );
  });
}
