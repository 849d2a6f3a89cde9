import { existsSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Child } from './child.js';
import { programsIn } from './downloads.js';
import { javaFingerprint } from './java.js';
import { startKafka } from './kafka.js';
import { freePorts } from './ports.js';
import { startRegistry } from './registry.js';

type JavaServer = 'kafka' | 'registry';

const lowestPriority = 19;

/**
 * JVM options with which a server maps the classes that its training run has loaded (application class-data sharing): it
 * starts in half of the time with half of the CPU (registry: 2.9 s instead of 6.7 s). A JVM ignores an archive that it
 * cannot use, and another Java gets another one. Without an archive everything works, only slower.
 */
export function classArchiveFlags(cache: string, server: JavaServer): string[] {
  const file = archiveFile(cache, server);
  return existsSync(file) ? [`-XX:SharedArchiveFile=${file}`] : [];
}

/**
 * Starts each Java server that has no archive once more, on free ports and empty data and with the lowest priority, so
 * that it writes down what it has loaded when it ends. Meant for a platform that is ready and has time: later starts
 * profit. Aborting the signal ends it at once.
 */
export async function trainClassArchives(cache: string, signal: AbortSignal): Promise<void> {
  const missing = (['registry', 'kafka'] as const).filter(
    (server) => !existsSync(archiveFile(cache, server)),
  );
  if (missing.length === 0 || !existsSync(cache)) return;
  const programs = programsIn(cache);
  const folder = join(cache, 'training');
  rmSync(folder, { recursive: true, force: true });
  const [port, controllerPort, registryPort] = (await freePorts(3)) as [number, number, number];
  const options = (server: JavaServer) => ({
    folder: join(folder, server),
    logFile: join(folder, `${server}.log`),
    classArchive: [`-XX:ArchiveClassesAtExit=${join(folder, `${server}.jsa`)}`],
    onStart: (child: Child) => {
      setPriority(child.pid, lowestPriority);
      signal.addEventListener('abort', () => void child.kill('SIGKILL'));
    },
  });
  const starts: Record<JavaServer, () => Promise<Child>> = {
    kafka: () => startKafka({ ...options('kafka'), jars: programs.kafka, port, controllerPort }),
    registry: () => startRegistry({ ...options('registry'), program: programs.registry, port: registryPort }),
  };
  try {
    for (const server of missing) {
      if (signal.aborted) break;
      const { code } = await (await starts[server]()).stop();
      // 143: the exit code of a JVM that was asked to stop. Renamed when complete: another start may be looking for it.
      if (code === 143) renameSync(join(folder, `${server}.jsa`), archiveFile(cache, server));
    }
  } catch {
    // A server that cannot be trained has started without an archive and will do so again.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function archiveFile(cache: string, server: JavaServer): string {
  return join(cache, `${server}-${javaFingerprint()}.jsa`);
}
