import type { Plugin } from 'vite';

/** `base`: below which address the page is served. */
export function faceModels(base: string): Plugin;
