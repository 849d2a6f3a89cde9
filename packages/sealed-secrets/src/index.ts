export {
  createSealedSecrets,
  localSealKey,
  parseSealKey,
  SealedSecretError,
  type SealedSecrets,
  type SealedSecretsOptions,
} from './sealed-secrets.js';
