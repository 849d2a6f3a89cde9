import { serviceLogin } from '@florin/local';
import { describe, expect, test } from '@jest/globals';
import { type ComposeService, environmentOf, readComposeFile, readText } from './compose-file.js';

type ReadConfig = (env: Record<string, string | undefined>) => Record<string, unknown>;

const compose = readComposeFile();
const names = ['edge', 'application', 'wallet', 'transaction', 'notification'] as const;
const settable =
  /^\s+(SEAL_KEY|TOKEN_SECRET_KEY|PSP_WEBHOOK_SECRET|TOKEN_VERIFICATION_KEYS|INITIAL_API_KEY_HASH|FLORIN_API_KEY):$/;
const key = Buffer.alloc(32, 7).toString('base64');
const secrets = {
  SEAL_KEY: key,
  TOKEN_SECRET_KEY: key,
  PSP_WEBHOOK_SECRET: key,
  POSTGRES_PASSWORD: 'another one',
  WALLET_DATABASE_PASSWORD: 'a third',
};

async function configOf(name: string, env: Record<string, string>): Promise<Record<string, unknown>> {
  const module = await import(`../../services/${name}/src/config.ts`);
  return (module.readConfig as ReadConfig)(env);
}

function serviceOf(name: string, env = {}): ComposeService {
  return readComposeFile(env).services[name]!;
}

describe.each(names)('environment of %s in docker-compose.yml', (name) => {
  test('is accepted and has no variable that the service does not read', async () => {
    const env = environmentOf(serviceOf(name));
    const config = await configOf(name, env);
    expect(Object.keys(env).filter((variable) => !(variable in config))).toEqual([]);
  });

  test('leaves no address at a default that means the container itself', async () => {
    const config = await configOf(name, environmentOf(serviceOf(name)));
    const local = Object.entries(config).filter(([, value]) => /127\.0\.0\.1|localhost/.test(String(value)));
    // The customer's browser is outside.
    expect(local.map(([variable]) => variable).filter((variable) => variable !== 'PUBLIC_URL')).toEqual([]);
    expect(config.HOST).toBe('0.0.0.0');
  });

  test('reaches only hosts of the file, at the ports they listen on', () => {
    const listening = new Map([
      ['kafka', ['9092']],
      ['registry', ['8080']],
      ['postgres', ['5432']],
      ['redis', ['6379']],
      ['sandbox', ['8090', '8025']],
    ]);
    const values = Object.values(environmentOf(serviceOf(name)));
    const addresses = values.flatMap((value) => [...value.matchAll(/(?:^|[/@])([a-z]+):(\d+)/g)]);
    expect(addresses.length).toBeGreaterThan(2);
    for (const [, host, port] of addresses) expect(listening.get(host!)).toContain(port);
  });

  test('satisfies production once the secrets are set', async () => {
    const env = { NODE_ENV: 'production', ...secrets };
    const config = await configOf(name, environmentOf(serviceOf(name, env), env));
    expect(config.NODE_ENV).toBe('production');
  });

  test('its port is the published, exposed and watched one', async () => {
    const service = serviceOf(name);
    const config = await configOf(name, environmentOf(service));
    const port = config[`${name.toUpperCase()}_PORT`];
    expect(service.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(service.healthcheck!.test.join(' ')).toContain(`http://127.0.0.1:${port}/health/ready`);
    expect(readText(service.build!.dockerfile)).toContain(`\nEXPOSE ${port}\n`);
  });
});

test('a service with secrets refuses production while they have local values', async () => {
  const env = { NODE_ENV: 'production' };
  await expect(configOf('edge', environmentOf(serviceOf('edge', env), env))).rejects.toThrow(
    /SEAL_KEY[\s\S]*TOKEN_SECRET_KEY/,
  );
});

test('every variable without a value is one that may stay unset', () => {
  const unset = readText('docker-compose.yml')
    .split('\n')
    .filter((line) => /^\s+[A-Z_]+:$/.test(line));
  expect(unset.length).toBeGreaterThan(0);
  expect(unset.filter((line) => !settable.test(line))).toEqual([]);
});

test('the jobs know the database of every service', () => {
  const migrate = environmentOf(compose.services.migrate!);
  for (const name of names) {
    const variable = `${name.toUpperCase()}_DATABASE_URL`;
    const [owner, service] = [migrate[variable], environmentOf(serviceOf(name))[variable]].map(
      (url) => new URL(url!),
    );
    expect([owner!.host, owner!.pathname]).toEqual([service!.host, service!.pathname]);
    // The job gives a service that has a login of its own the password that the service logs in with.
    const password = migrate[`${name.toUpperCase()}_DATABASE_PASSWORD`] ?? owner!.password;
    expect(service!.password).toBe(password);
    expect(service!.username === owner!.username).toBe(serviceLogin(name) === undefined);
  }
});
