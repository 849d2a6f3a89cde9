export { LocalError } from './local-error.js';
export { freePorts } from './ports.js';
export {
  type ExternalServers,
  type ServerPorts,
  type Servers,
  type ServersOptions,
  startServers,
} from './servers.js';
