import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { readComposeFile, repositoryRoot } from './compose-file.js';

const compose = readComposeFile();
const services = Object.entries(compose.services);
const jobs = ['migrate', 'seed'];
const platform = ['edge', 'application', 'wallet', 'transaction', 'notification', 'sandbox'];

describe('docker-compose.yml', () => {
  test('is valid against the schema of the Compose specification', () => {
    // dclint publishes the official schema, unchanged.
    const dclint = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
    const schema = JSON.parse(readFileSync(join(dclint, 'schemas/compose.schema.json'), 'utf8'));
    // Ajv knows draft-07 under another spelling of its name.
    delete schema.$schema;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
    expect(validate({ services: { kafka: { imag: 'x' } } })).toBe(false);
  });

  test('is accepted by docker compose, where that command exists', () => {
    const run = (...args: string[]) =>
      spawnSync('docker', ['compose', ...args], { cwd: fileURLToPath(repositoryRoot), encoding: 'utf8' });
    if (run('version').status !== 0) return;
    expect(run('config', '--quiet')).toMatchObject({ status: 0, stderr: '' });
  });

  test('has the same parts as npm start', () => {
    const parts = ['kafka', 'postgres', 'redis', 'registry', ...platform, ...jobs];
    expect(Object.keys(compose.services).sort()).toEqual(parts.sort());
  });

  test.each(services)(
    '%s is watched, restarted, limited and reachable from this machine only',
    (name, service) => {
      const job = jobs.includes(name);
      expect(service.restart).toBe(job ? 'no' : 'unless-stopped');
      expect(service.healthcheck === undefined).toBe(job);
      expect(service.deploy.resources.limits.memory).toMatch(/^\d+[MG]$/);
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      expect(service.image).not.toMatch(/:latest$/);
    },
  );

  test('every dependency exists and can fulfil its condition', () => {
    for (const [name, service] of services) {
      for (const [target, { condition }] of Object.entries(service.depends_on ?? {})) {
        const expected = jobs.includes(target) ? 'service_completed_successfully' : 'service_healthy';
        expect({ name, target, condition }).toEqual({ name, target, condition: expected });
        expect(compose.services[target]).toBeDefined();
      }
    }
  });

  test('starts no service before its databases are migrated and its servers are healthy', () => {
    for (const name of platform.filter((part) => part !== 'sandbox')) {
      const service = compose.services[name]!;
      const needed = ['kafka', 'migrate', 'postgres', 'registry'];
      const hosts = Object.values(service.environment).join(' ');
      for (const host of ['redis', 'sandbox']) if (hosts.includes(`//${host}:`)) needed.push(host);
      expect(Object.keys(service.depends_on!).sort()).toEqual(needed.sort());
    }
  });

  test('uses exactly the named volumes it declares', () => {
    const used = services.flatMap(([, service]) => service.volumes ?? []).map((v) => v.split(':')[0]!);
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('no two parts take the same port of the machine', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []).map((port) => port.split(':')[1]!);
    expect(new Set(ports).size).toBe(ports.length);
  });
});
