import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const leftOut = new Set(['node_modules', '.git', '.cache', '.florin']);

/** A copy of the repository in which sources can be broken. Dependencies and downloads are those of the original. */
export class WorkspaceCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'florin-mutations-'));

  constructor(private readonly original: string) {
    cpSync(original, this.folder, {
      recursive: true,
      filter: (path) => path === original || !leftOut.has(basename(path)),
    });
    mkdirSync(join(this.folder, 'node_modules'));
    for (const name of readdirSync(join(original, 'node_modules'))) {
      if (name !== '@florin') this.link(join('node_modules', name));
    }
    // Links of workspaces are relative: the same link leads to the sources of the copy.
    mkdirSync(join(this.folder, 'node_modules/@florin'));
    for (const name of readdirSync(join(original, 'node_modules/@florin'))) {
      const path = join('node_modules/@florin', name);
      symlinkSync(readlinkSync(join(original, path)), join(this.folder, path));
    }
    this.link('.cache');
    for (const parent of ['packages', 'services', 'infra']) {
      for (const name of readdirSync(join(original, parent))) this.link(join(parent, name, 'node_modules'));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private link(path: string): void {
    const target = join(this.original, path);
    if (existsSync(target)) symlinkSync(target, join(this.folder, path));
  }
}
