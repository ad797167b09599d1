import type { ComponentChildren } from 'preact';

interface ButtonProps {
  children: ComponentChildren;
  onPress?: () => void;
  isBusy?: boolean;
  isDisabled?: boolean;
}

/** The one thing to do. While it works it stays in focus, and says so. */
export function MainButton({ children, onPress, isBusy = false, isDisabled = false }: ButtonProps) {
  return (
    <button
      class="main-button"
      type={onPress ? 'button' : 'submit'}
      aria-disabled={isBusy || isDisabled}
      aria-busy={isBusy}
      onClick={(event) => {
        if (isBusy || isDisabled) event.preventDefault();
        else onPress?.();
      }}
    >
      {isBusy && <span class="spinner" aria-hidden="true" />}
      <span>{children}</span>
    </button>
  );
}

/** Something else to do. */
export function SideButton({ children, onPress, isDisabled = false }: ButtonProps) {
  return (
    <button
      class="side-button"
      type="button"
      aria-disabled={isDisabled}
      onClick={() => {
        if (!isDisabled) onPress?.();
      }}
    >
      {children}
    </button>
  );
}
