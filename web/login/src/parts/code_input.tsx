import { useEffect, useRef, useState } from 'preact/hooks';

interface CodeInputProps {
  id: string;
  label: string;
  digits: number;
  value: string;
  isBusy: boolean;
  isWrong: boolean;
  describedBy: string;
  onChange: (digits: string) => void;
}

/**
 * One field for all digits, drawn as boxes. One field is what pasting, the keyboard's suggestion of a code
 * that just came, password managers and screen readers all understand.
 */
export function CodeInput(props: CodeInputProps) {
  const field = useRef<HTMLInputElement>(null);
  const [isFocused, setFocused] = useState(false);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (props.isWrong) field.current?.focus();
  }, [props.isWrong]);

  const boxes = Array.from({ length: props.digits }, (_, at) => {
    const isNext = isFocused && at === Math.min(props.value.length, props.digits - 1);
    return (
      <span key={at} class={isNext ? 'box next' : 'box'}>
        {props.value[at] ?? ''}
      </span>
    );
  });
  return (
    <div class="code" style={{ '--digits': String(props.digits) }}>
      <label for={props.id}>{props.label}</label>
      <div class="code-field">
        <input
          ref={field}
          id={props.id}
          name="one-time-code"
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoCorrect="off"
          spellcheck={false}
          enterKeyHint="go"
          pattern="[0-9 -]*"
          // Room for "123-456" and the like: what isn't a digit is dropped.
          maxLength={props.digits * 4}
          value={props.value}
          aria-invalid={props.isWrong}
          aria-describedby={props.describedBy}
          readOnly={props.isBusy}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          onInput={(event) => {
            const typed = event.currentTarget.value.normalize('NFKC').replace(/\D/g, '').slice(0, props.digits);
            event.currentTarget.value = typed;
            props.onChange(typed);
          }}
        />
        <div class={props.isWrong ? 'boxes wrong' : 'boxes'} aria-hidden="true">
          {boxes}
        </div>
      </div>
    </div>
  );
}
