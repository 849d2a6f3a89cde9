import type { ImportSettlementFile } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { importSettlementFile } from '../reconciliation/import-settlement-file.js';

/** One at a time: files are few, and what belongs to a line depends on the lines before. */
export async function importSettlementFiles(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ImportSettlementFile>[],
): Promise<void> {
  for (const cause of messages) {
    const { meta, settlementFileId: id, ...file } = cause.value;
    await importSettlementFile(context, unit, { ...file, id, importedBy: meta.actor }, { cause });
  }
}
