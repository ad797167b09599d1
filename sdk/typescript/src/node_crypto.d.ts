/** The one thing of Node.js that is used, so that its types needn't be installed. */
declare module 'node:crypto' {
  export const webcrypto: Crypto;
}
