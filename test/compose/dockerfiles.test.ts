import { existsSync, readdirSync } from 'node:fs';
import { nodeFlags, serviceNames } from '@florin/local';
import { describe, expect, test } from '@jest/globals';
import { readComposeFile, readText, repositoryRoot } from './compose-file.js';

interface Copy {
  readonly stage: string | undefined;
  readonly sources: readonly string[];
}

const compose = readComposeFile();
const built = Object.entries(compose.services).filter(([, service]) => service.build !== undefined);
const dockerfiles = [...new Set(built.map(([, service]) => service.build!.dockerfile))];
const programs = dockerfiles.filter((path) => !path.startsWith('infra/docker'));

function copiesOf(path: string): Copy[] {
  const lines = readText(path).matchAll(/^COPY (?:--from=(\S+) )?(.+)$/gm);
  return [...lines].map(([, stage, rest]) => ({ stage, sources: rest!.split(' ').slice(0, -1) }));
}

function inRepository(path: string): boolean {
  return existsSync(new URL(path, repositoryRoot));
}

test('every service has a Dockerfile of its own, and Compose builds it', () => {
  const folders = readdirSync(new URL('services', repositoryRoot)).map(
    (name) => `services/${name}/Dockerfile`,
  );
  expect([...folders, 'infra/sandbox/Dockerfile'].sort()).toEqual(programs.sort());
});

describe.each(dockerfiles)('%s', (path) => {
  const text = readText(path);

  test('copies only what exists', () => {
    const stages = [...text.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage);
    expect(copiesOf(path).length).toBeGreaterThan(4);
    for (const { stage, sources } of copiesOf(path)) {
      if (stage !== undefined) expect(stages).toContain(stage);
      for (const source of sources) {
        const local = stage === undefined ? source : source.replace(/^\/florin\//, '');
        expect({ source, exists: local.startsWith('node_modules') || inRepository(local) }).toEqual({
          source,
          exists: true,
        });
      }
    }
  });

  test('builds with the Node release of .nvmrc and runs as a user without rights', () => {
    const bases = [...text.matchAll(/^FROM (node:\S+)/gm)].map(([, image]) => image);
    expect(new Set(bases)).toEqual(new Set([`node:${readText('.nvmrc').trim()}-bookworm-slim`]));
    const lastStage = text.slice(text.lastIndexOf('\nFROM '));
    expect(lastStage).toContain('\nUSER node\n');
    expect(lastStage).toContain('\nENV NODE_ENV=production\n');
  });

  test('installs from the lockfile', () => {
    expect(text.match(/npm (ci|install|i) /g)).toEqual(['npm ci ', 'npm ci ']);
  });
});

test('the Dockerfiles of the services differ in the name and the port only', () => {
  const normalised = programs.map((path) => {
    const folder = path.replace('/Dockerfile', '');
    return (
      readText(path)
        .replaceAll(folder, '<folder>')
        .replaceAll(`@florin/${folder.split('/')[1]}`, '<workspace>')
        .replace(/^EXPOSE .*$/m, 'EXPOSE <port>')
        // Each process has its own, which another test looks at.
        .replace(/^CMD .*$/m, 'CMD <program>')
        // Only the edge hashes passwords.
        .replace(/^.*(argon2|@node-rs).*\n/gm, '')
    );
  });
  expect(new Set(normalised).size).toBe(1);
});

test.each([...serviceNames, 'sandbox'] as const)('%s runs in its container as it does by itself', (name) => {
  const folder = name === 'sandbox' ? 'infra/sandbox' : `services/${name}`;
  const [, command] = /^CMD (.+)$/m.exec(readText(`${folder}/Dockerfile`))!;
  expect(JSON.parse(command!)).toEqual(['node', ...nodeFlags(name), `${folder}/dist/main.js`]);
});

test.each(serviceNames)(
  'the heap of %s fits into its container, with room for what is outside of it',
  (name) => {
    const flagMiB = (flag: string) =>
      Number(new RegExp(`--${flag}=(\\d+)`).exec(nodeFlags(name).join(' '))![1]);
    const [, size, unit] = /^(\d+)([MG])$/.exec(compose.services[name]!.deploy.resources.limits.memory!)!;
    const containerMiB = Number(size) * (unit === 'G' ? 1_024 : 1);
    // The young generation is three semi-spaces: V8 counts one more for large objects.
    const heapMiB = 3 * flagMiB('max-semi-space-size') + flagMiB('max-old-space-size');
    expect(heapMiB).toBeLessThan(0.85 * containerMiB);
    expect(2 * flagMiB('initial-old-space-size')).toBeLessThanOrEqual(flagMiB('max-old-space-size'));
  },
);

test('every program that a container runs has a source', () => {
  const commands = [
    ...dockerfiles.map((path) => [...readText(path).matchAll(/^CMD (.+)$/gm)].at(-1)![1]!),
    ...built.flatMap(([, service]) => (service.command ? [service.command.join(' ')] : [])),
  ];
  for (const command of commands) {
    const program = /([\w/-]+)\/dist\/([\w-]+)\.js/.exec(command);
    expect({ command, exists: inRepository(`${program?.[1]}/src/${program?.[2]}.ts`) }).toEqual({
      command,
      exists: true,
    });
  }
});

test('.dockerignore keeps out everything that the image makes itself, and nothing that it needs', () => {
  const ignored = readText('.dockerignore').split('\n');
  for (const made of ['.git', '.env', '.florin', '**/node_modules', '**/dist', '**/generated']) {
    expect(ignored).toContain(made);
  }
  for (const needed of ['prisma', 'packages', 'services', 'infra', 'test', 'package-lock.json', '.npmrc']) {
    expect(ignored).not.toContain(needed);
  }
  // `npm run build` makes the SDK from it.
  expect(ignored.indexOf('!docs/openapi.json')).toBeGreaterThan(ignored.indexOf('docs/*'));
  expect(ignored).not.toContain('docs');
});
