/** Made by vite.config.ts: where the detector's files are served, each with its hash in its name. */
declare module 'virtual:face-models' {
  export const detector: string;
  export const landmarks: string;
}
