/** Made by vite.config.ts from libphonenumber's metadata: "AD376 AE971 …". */
declare module 'virtual:dial-codes' {
  const codes: string;
  export default codes;
}
