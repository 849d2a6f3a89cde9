import { z } from 'zod';
import { rebuildableNames } from '../../../rebuild/rebuildable.js';
import { instant } from '../../fields.js';

export const projectionName = z.enum(rebuildableNames);

export const projectionRebuildSchema = z
  .object({
    id: z.uuid(),
    projections: z.array(projectionName),
    carryOver: z.boolean(),
    requestedBy: z.string(),
    reason: z.string().nullable(),
    status: z.enum(['running', 'completed', 'failed']),
    detail: z.string().describe('What it is doing, or why it has failed.'),
    recordsTotal: z.int(),
    recordsRead: z.int(),
    rowsRebuilt: z.int(),
    rowsCarriedOver: z.int(),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'ProjectionRebuild' });
