import { generateContracts } from './generate-contracts.js';
import { generatePrismaClients } from './generate-prisma.js';
import { generateSdk } from './generate-sdk.js';

generateContracts();
generateSdk();
await generatePrismaClients();
