import { createHmac } from 'node:crypto';
import pg from 'pg';
import { administer } from './create-database.js';

export interface ServiceLogin {
  /** Role with a login, for one service. */
  readonly name: string;
  /** Role that the migrations grant the rights of the service to. */
  readonly memberOf: string;
  /** Derived from the owner's password when it is left out. */
  readonly password?: string;
}

/** The URL under which a service reaches the database that its owner reaches under `ownerUrl`. */
export function serviceUrl(ownerUrl: string, login: ServiceLogin): string {
  const url = new URL(ownerUrl);
  const ownerPassword = decodeURIComponent(url.password);
  url.username = login.name;
  url.password = login.password ?? derivedPassword(ownerPassword, login.name);
  return url.href;
}

/**
 * Creates the role that a service logs in with, or gives the one that is there its password and membership. Needs the
 * right to create roles. Roles belong to the whole server: installations that share one share the login as well.
 */
export async function createServiceLogin(ownerUrl: string, login: ServiceLogin): Promise<void> {
  const password = decodeURIComponent(new URL(serviceUrl(ownerUrl, login)).password);
  const name = pg.escapeIdentifier(login.name);
  await administer(ownerUrl, async (client) => {
    // Two starts at once would otherwise both create it. The lock goes with the connection.
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`florin-login:${login.name}`]);
    const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [login.name]);
    if (found.rowCount === 0) await client.query(`CREATE ROLE ${name}`);
    await client.query(`ALTER ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    await client.query(`GRANT ${pg.escapeIdentifier(login.memberOf)} TO ${name}`);
  });
}

/** One way only: who knows the password of the service does not know that of the owner. */
function derivedPassword(ownerPassword: string, name: string): string {
  return createHmac('sha256', ownerPassword).update(`florin service login ${name}`).digest('hex');
}
