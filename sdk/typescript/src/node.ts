/** Where Node.js finds the package (`exports` of package.json): what version 18, which is Debian 12's, keeps in a module. */
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;

export * from './index.js';
