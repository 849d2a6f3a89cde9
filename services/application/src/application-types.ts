import type { Pool, Transaction } from '@florin/database';
import { findApplicationType } from './db/find-application-type.js';
import { compilePayloadSchema, type PayloadCheck } from './domain/payload-schema.js';
import { type Workflow, workflowSchema } from './domain/workflow.js';

export interface ApplicationType {
  readonly workflow: Workflow;
  readonly problemsOf: PayloadCheck;
}

const maxCached = 500;

/** Application types ready for use. A version never changes, so each is read and compiled once. */
export class ApplicationTypes {
  private readonly cache = new Map<string, ApplicationType>();

  /** @throws Error when the version does not exist; a foreign key keeps it for every application that has it */
  async get(connection: Pool | Transaction, code: string, version: number): Promise<ApplicationType> {
    const key = `${version}:${code}`;
    const cached = this.cache.get(key);
    if (cached) return cached;
    const row = await findApplicationType(connection, code, version);
    if (!row) throw new Error(`application type ${code} has no version ${version}`);
    const type = {
      workflow: workflowSchema.parse(row.workflow),
      problemsOf: compilePayloadSchema(row.schema),
    };
    this.cache.set(key, type);
    if (this.cache.size > maxCached) this.cache.delete(this.cache.keys().next().value!);
    return type;
  }
}
