import { type Command, Option } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { confirm } from '../confirm.js';
import type { RedriveRule, RedriveRuleReport, Replay } from '../ops-api.js';
import { printJson, printTable } from '../output.js';
import { wholeNumber } from '../whole-number.js';
import { groups } from './dlq-filter.js';
import { printReplays } from './dlq-replay.js';

interface RuleOptions {
  readonly name?: string;
  readonly description?: string;
  readonly group?: string;
  readonly topic?: string;
  readonly message?: string;
  readonly error?: string;
  readonly fingerprint?: string;
  readonly breaker?: string;
  readonly newVersion?: boolean;
  readonly minAge?: number;
  readonly maxAge?: number;
  readonly stable?: number;
  readonly canary?: boolean;
  readonly rate?: number;
  readonly maxRedrives?: number;
  readonly maxPerHour?: number;
  readonly backoff?: number;
  readonly disabled?: boolean;
  readonly json?: boolean;
}

/** `florin redrive`: the rules by which dead letters are replayed without an operator. */
export function addRedriveCommands(program: Command, client: () => OpsClient): void {
  const redrive = program.command('redrive').description('rules that replay dead letters by themselves');
  addLooking(redrive, client);
  withRuleOptions(redrive.command('create <name>'))
    .description('create a rule; it needs --breaker, --new-version or --min-age')
    .option('--disabled', 'do not let it act yet')
    .action(async (name: string, options: RuleOptions) => {
      const body = { ...fieldsOf(options), name, enabled: !options.disabled };
      const rule = await client().post<RedriveRule>('/ops/v1/redrive-rules', body);
      if (options.json) return printJson(rule);
      console.log(`Rule ${rule.name} is ${rule.enabled ? 'enabled' : 'disabled'}.`);
    });

  withRuleOptions(redrive.command('update <rule>'))
    .description('change a rule, given by name or id; "" clears a text')
    .option('--name <name>', 'rename it')
    .action(async (rule: string, { name, ...options }: RuleOptions) => {
      await change(client(), rule, { ...fieldsOf(options), name }, options.json === true);
    });

  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    redrive
      .command(`${verb} <rule>`)
      .description(`${verb} a rule`)
      .option('--json', 'print JSON')
      .action((rule: string, { json }: { json?: boolean }) =>
        change(client(), rule, { enabled }, json === true),
      );
  }

  redrive
    .command('delete <rule>')
    .description('delete a rule; what it has replayed stays on record')
    .option('-y, --yes', 'do not ask')
    .action(async (rule: string, { yes }: { yes?: boolean }) => {
      const { id, name } = await findRule(client(), rule);
      if (!yes && !(await confirm(`Delete the rule ${name}?`, false))) {
        throw new OpsError('nothing was deleted: confirm, or say --yes', 'usage');
      }
      await client().delete(`/ops/v1/redrive-rules/${id}`);
      console.log(`Rule ${name} is deleted.`);
    });
}

function addLooking(redrive: Command, client: () => OpsClient): void {
  redrive
    .command('list')
    .description('list the rules')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rules = await client().all<RedriveRule>('/ops/v1/redrive-rules', {}, 1_000);
      if (json) return printJson(rules);
      if (rules.length === 0) return console.log('No rules.');
      printTable(
        ['RULE', 'ENABLED', 'ABOUT', 'WHEN', 'AT MOST'],
        rules.map((rule) => [
          rule.name,
          rule.enabled ? 'yes' : 'no',
          aboutOf(rule),
          whenOf(rule),
          `${rule.maxRedrivesPerLetter} a letter, ${rule.maxLettersPerHour} an hour`,
        ]),
      );
    });

  redrive
    .command('show <rule>')
    .description('show a rule, what it would do now, and what keeps it from more')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { id } = await findRule(client(), name);
      const rule = await client().get<RedriveRuleReport>(`/ops/v1/redrive-rules/${id}`);
      if (json) return printJson(rule);
      console.log(`${rule.name} (${rule.enabled ? 'enabled' : 'disabled'}): ${rule.description}`);
      console.log(`about      ${aboutOf(rule)}\nwhen       ${whenOf(rule)}`);
      console.log(`now        ${rule.due} to replay, ${rule.waiting} waiting, ${rule.exhausted} to park`);
      for (const obstacle of rule.obstacles) console.log(`but        ${obstacle}`);
    });

  redrive
    .command('runs [rule]')
    .description('list what the rules have replayed, newest first')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { limit, json }: { limit: number; json?: boolean }) => {
      const ruleId = name === undefined ? undefined : (await findRule(client(), name)).id;
      const query = { requestedBy: 'auto-redrive', ruleId };
      printReplays(await client().all<Replay>('/ops/v1/replays', query, limit), json === true);
    });
}

function withRuleOptions(command: Command): Command {
  return command
    .option('--description <text>', 'why there is this rule')
    .addOption(new Option('--group <group>', 'only this consumer group').choices([...groups, '']))
    .option('--topic <topic>', 'only this dead-letter topic')
    .option('--message <name>', 'only this message')
    .option('--error <code>', 'only this error code; sms-provider-* is all that begin so')
    .option('--fingerprint <fingerprint>', 'only this cause of failure')
    .option('--breaker <provider>', 'when the breaker of this provider is closed again')
    .option('--new-version', 'when the service that failed runs another version')
    .addOption(new Option('--no-new-version').hideHelp())
    .option('--min-age <seconds>', 'when the failure is so old', wholeNumber)
    .option('--max-age <seconds>', 'not when it is older', wholeNumber)
    .option('--stable <seconds>', 'so long the breaker or the version must have been so', wholeNumberOrZero)
    .option('--canary', 'one message first (default)')
    .option('--no-canary', 'all at once')
    .option('--rate <n>', 'at most so many messages a second', wholeNumber)
    .option('--max-redrives <n>', 'park a letter after so many', wholeNumber)
    .option('--max-per-hour <n>', 'at most so many letters an hour', wholeNumber)
    .option('--backoff <seconds>', 'wait after a failure; doubles with each', wholeNumber)
    .option('--json', 'print JSON');
}

function wholeNumberOrZero(text: string): number {
  if (text === '0') return 0;
  return wholeNumber(text);
}

/** What was not said stays out; an empty text clears the field. */
function fieldsOf(options: RuleOptions): Record<string, unknown> {
  const text = (value: string | undefined): string | null | undefined => (value === '' ? null : value);
  return {
    description: options.description,
    group: text(options.group),
    topic: text(options.topic),
    messageName: text(options.message),
    errorCode: text(options.error),
    fingerprint: text(options.fingerprint),
    breaker: text(options.breaker),
    newVersion: options.newVersion,
    minAgeSeconds: options.minAge,
    maxAgeSeconds: options.maxAge,
    stableSeconds: options.stable,
    canary: options.canary,
    ratePerSecond: options.rate,
    maxRedrivesPerLetter: options.maxRedrives,
    maxLettersPerHour: options.maxPerHour,
    backoffSeconds: options.backoff,
  };
}

async function change(client: OpsClient, rule: string, fields: object, json: boolean): Promise<void> {
  const { id } = await findRule(client, rule);
  const changed = await client.patch<RedriveRule>(`/ops/v1/redrive-rules/${id}`, fields);
  if (json) return printJson(changed);
  console.log(`Rule ${changed.name} is ${changed.enabled ? 'enabled' : 'disabled'}: ${whenOf(changed)}`);
}

/** @throws OpsError when there is no rule of that name or id */
async function findRule(client: OpsClient, rule: string): Promise<RedriveRule> {
  const rules = await client.all<RedriveRule>('/ops/v1/redrive-rules', {}, 1_000);
  const found = rules.find(({ id, name }) => id === rule || name === rule);
  if (!found) throw new OpsError(`there is no rule ${rule}; florin redrive list shows all`, 'not-found');
  return found;
}

function aboutOf({ group, topic, messageName, errorCode, fingerprint }: RedriveRule): string {
  const parts = [group, topic, messageName, errorCode, fingerprint].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(', ') : 'all dead letters';
}

function whenOf(rule: RedriveRule): string {
  const parts = [
    rule.breaker === null
      ? undefined
      : `breaker ${rule.breaker} not open for ${duration(rule.stableSeconds)}`,
    rule.newVersion ? 'the service runs another version' : undefined,
    rule.minAgeSeconds === null ? undefined : `failed ${duration(rule.minAgeSeconds)} ago or earlier`,
    rule.maxAgeSeconds === null ? undefined : `failed in the last ${duration(rule.maxAgeSeconds)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** In the largest unit that says it without a fraction. */
function duration(seconds: number): string {
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit}`;
  }
  return `${seconds} s`;
}
