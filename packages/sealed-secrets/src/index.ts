export { SealedSecretError } from './sealed-secret-error.js';
export {
  createSealedSecrets,
  localSealKey,
  parseSealKey,
  type SealedSecrets,
  type SealedSecretsOptions,
} from './sealed-secrets.js';
export { createSealer, type Sealer } from './sealer.js';
