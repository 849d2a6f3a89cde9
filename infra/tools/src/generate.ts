import { generateContracts } from './generate-contracts.js';
import { generatePrismaClients } from './generate-prisma.js';

generateContracts();
await generatePrismaClients();
