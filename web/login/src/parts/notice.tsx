import type { ComponentChildren } from 'preact';

/** Says what went wrong; read out at once. The place is always there, or screen readers miss the first time. */
export function Refusal({ id, children }: { id?: string; children?: ComponentChildren }) {
  return (
    <div role="alert" id={id} class={children ? 'refusal' : 'nothing'}>
      {children}
    </div>
  );
}

/** Says how things go; read out when the person pauses. */
export function Status({ children }: { children?: ComponentChildren }) {
  return (
    <div role="status" class={children ? 'status' : 'nothing'}>
      {children}
    </div>
  );
}
