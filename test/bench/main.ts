import { parseArgs } from 'node:util';
import { benchAudit } from './audit.js';
import { startBenchServers } from './bench-servers.js';
import { benchCustomers } from './customers.js';
import { benchEdge } from './edge.js';
import { benchLedger } from './ledger.js';
import { benchMessaging } from './messaging.js';
import { benchOutbox } from './outbox-growth.js';
import { benchTransfers } from './transfers.js';

const suites = {
  edge: benchEdge,
  audit: benchAudit,
  customers: benchCustomers,
  ledger: benchLedger,
  messaging: benchMessaging,
  outbox: benchOutbox,
  transfers: benchTransfers,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '1,64,256' },
    wallets: { type: 'string', default: '2000000' },
    'warm-up': { type: 'string', default: '20' },
    profile: { type: 'boolean', default: false },
    customers: { type: 'string', default: '1000000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const chosen = positionals.length > 0 ? positionals : Object.keys(suites);
const unknown = chosen.filter((name) => !(name in suites));

if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`Unknown suite: ${unknown.join(', ')}`);
  console.log(
    'npm run bench -- [edge] [audit] [customers] [ledger] [messaging] [outbox] [transfers] [--seconds 8] [--rounds 3] [--concurrency 1,64,256]\n' +
      '                 [--wallets 2000000] [--warm-up 20] [--customers 1000000] [--profile]\n' +
      'Starts its own servers, measures Florin beside pgbench and plain kafkajs, prints tables of medians.',
  );
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  const servers = await startBenchServers();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void servers.stop().finally(() => process.exit(130)));
  }
  try {
    for (const name of chosen as (keyof typeof suites)[]) {
      await suites[name](servers, {
        seconds: Number(values.seconds),
        rounds: Number(values.rounds),
        concurrency: values.concurrency.split(',').map(Number),
        wallets: Number(values.wallets),
        warmUpSeconds: Number(values['warm-up']),
        profile: values.profile,
        customers: Number(values.customers),
      });
    }
  } finally {
    await servers.stop();
  }
}
