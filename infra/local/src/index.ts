export type { Child } from './child.js';
export { databaseUrl, migrateDatabases, serviceDatabaseUrls, serviceLogin } from './databases.js';
export { LocalError } from './local-error.js';
export { nodeFlags } from './node-flags.js';
export { type Platform, type PlatformOptions, type PlatformPorts, startPlatform } from './platform.js';
export { freePorts } from './ports.js';
export { startPostgres } from './postgres.js';
export { type SeedOptions, seed } from './seed.js';
export {
  type ExternalServers,
  removeServerData,
  type ServerPorts,
  type Servers,
  type ServersOptions,
  startServers,
} from './servers.js';
export { type DatabaseUrls, type ProcessName, type ServiceName, serviceNames } from './service-names.js';
export type { SupervisedProcess } from './supervised-process.js';
