import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api';
import { useLoginPage } from '../app_state';
import { settingsOf, type PhoneChannel } from '../context';
import { clockTime } from '../language';
import { MainButton } from '../parts/buttons';
import { Refusal, Status } from '../parts/notice';
import { inSeconds, useSecondsLeft } from '../parts/use_seconds_left';
import { countriesOf, guessCountry, type Country } from '../phone/countries';
import { toInternational, warmUp } from '../phone/number';
import { refusalText, secondsToWait } from '../refusals';
import { endsLogin, type Channel, type Contact, type SentCode } from '../session';

interface ContactFormProps {
  /** What was typed before, to be put right. */
  initial: string;
  onSent: (contact: Contact, sent: SentCode, typed: string) => void;
  onOver: (error: ApiError) => void;
}

/** Sends, and holds what came of it. */
function useSending(onSent: ContactFormProps['onSent'], onOver: ContactFormProps['onOver']) {
  const { session, language } = useLoginPage();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [mayTryAt, setMayTryAt] = useState<number | null>(null);
  const isRunning = useRef(false);
  const untilTry = useSecondsLeft(mayTryAt);
  useEffect(() => {
    if (mayTryAt !== null && untilTry === 0) setRefusal(null);
  }, [mayTryAt, untilTry === 0]);

  async function send(contact: Contact, channel: Channel, typed: string) {
    if (isRunning.current || untilTry > 0) return;
    isRunning.current = true;
    setBusy(true);
    setRefusal(null);
    const outcome = await session.send(contact, channel, language);
    isRunning.current = false;
    setBusy(false);
    if (outcome.ok) {
      onSent(contact, outcome.value, typed);
      return;
    }
    const { error } = outcome;
    if (endsLogin(error)) {
      onOver(error);
      return;
    }
    const seconds = secondsToWait(error);
    if (seconds !== null && error.status === 429) setMayTryAt(inSeconds(seconds));
    setRefusal(error);
  }
  return { send, isBusy, refusal, untilTry };
}

/** Whether it looks like an address at all; the server knows the rest. */
function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text);
}

export function EmailForm({ initial, onSent, onOver }: ContactFormProps) {
  const { session, language, words } = useLoginPage();
  const { send, isBusy, refusal, untilTry } = useSending(onSent, onOver);
  const [typed, setTyped] = useState(initial);
  const [mistake, setMistake] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  function submit() {
    const email = typed.trim();
    const wrong = email === '' ? words.refusals.emailMissing : looksLikeEmail(email) ? '' : words.refusals.emailWrong;
    setMistake(wrong);
    if (wrong) field.current?.focus();
    else void send({ method: 'email', value: email }, 'email', typed);
  }
  const told = mistake || (refusal && refusalText(refusal, words.refusals, language));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label for={id}>{words.email}</label>
      <input
        ref={field}
        id={id}
        class="field"
        name="email"
        type="email"
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        autoCorrect="off"
        spellcheck={false}
        enterKeyHint="send"
        maxLength={254}
        placeholder={words.emailPlaceholder}
        value={typed}
        aria-invalid={told ? true : undefined}
        aria-describedby={`${id}-refusal`}
        onInput={(event) => {
          session.prepare();
          setMistake('');
          setTyped(event.currentTarget.value);
        }}
      />
      <Refusal id={`${id}-refusal`}>{told}</Refusal>
      <Status>{isBusy && words.sending}</Status>
      <MainButton isBusy={isBusy} isDisabled={untilTry > 0}>
        {untilTry > 0 ? words.tryAgainIn(clockTime(untilTry)) : words.continue}
      </MainButton>
    </form>
  );
}

export function PhoneForm({ initial, onSent, onOver }: ContactFormProps) {
  const { project, session, language, words } = useLoginPage();
  const { send, isBusy, refusal, untilTry } = useSending(onSent, onOver);
  const settings = settingsOf(project, 'phone');
  const channels = settings?.channels ?? ['sms'];
  const countries = useMemo(() => countriesOf(settings?.countries ?? ['*'], language), [language]);
  const [countryId, setCountryId] = useState(() =>
    guessCountry(countries, navigator.languages, Intl.DateTimeFormat().resolvedOptions().timeZone),
  );
  const country = countries.find((one) => one.id === countryId) ?? countries[0];
  const [channel, setChannel] = useState<PhoneChannel>(channels[0] ?? 'sms');
  const [typed, setTyped] = useState(initial);
  const [mistake, setMistake] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    field.current?.focus();
    warmUp();
  }, []);

  async function submit() {
    const digits = typed.replace(/[^0-9]/g, '').length;
    const wrong = digits === 0 || !country ? words.refusals.phoneMissing : digits < 5 ? words.refusals.phoneWrong : '';
    setMistake(wrong);
    if (wrong || !country) {
      field.current?.focus();
      return;
    }
    const number = await toInternational(typed, country);
    await send({ method: 'phone', value: number }, channel, typed);
  }
  const told = mistake || (refusal && refusalText(refusal, words.refusals, language));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label for={id}>{words.phone}</label>
      <div class="phone">
        <CountryPicker countries={countries} country={country} label={words.country} onPick={setCountryId} />
        <input
          ref={field}
          id={id}
          class="field"
          name="tel"
          type="tel"
          inputMode="tel"
          autoComplete={country ? 'tel-national' : 'tel'}
          enterKeyHint="send"
          maxLength={32}
          value={typed}
          aria-invalid={told ? true : undefined}
          aria-describedby={`${id}-refusal`}
          onInput={(event) => {
            session.prepare();
            setMistake('');
            setTyped(event.currentTarget.value);
          }}
        />
      </div>
      {channels.length > 1 && (
        <fieldset class="channels">
          <legend>{words.howToReceive}</legend>
          {channels.map((one) => (
            <label key={one} class="channel">
              <input
                type="radio"
                name="channel"
                value={one}
                checked={channel === one}
                onChange={() => setChannel(one)}
              />
              <span>{one === 'sms' ? words.viaSms : words.viaWhatsapp}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Refusal id={`${id}-refusal`}>{told}</Refusal>
      <Status>{isBusy && words.sending}</Status>
      <MainButton isBusy={isBusy} isDisabled={untilTry > 0}>
        {untilTry > 0 ? words.tryAgainIn(clockTime(untilTry)) : words.continue}
      </MainButton>
    </form>
  );
}

interface CountryPickerProps {
  countries: Country[];
  country: Country | undefined;
  label: string;
  onPick: (id: string) => void;
}

/** The device's own list, which every phone and screen reader knows, behind a short text. */
function CountryPicker({ countries, country, label, onPick }: CountryPickerProps) {
  return (
    <div class="country">
      <span class="country-shown" aria-hidden="true">
        {country ? `${country.id} +${country.dialCode}` : ''}
      </span>
      <select
        aria-label={label}
        autoComplete="country"
        value={country?.id}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {countries.map((one) => (
          <option key={one.id} value={one.id}>
            {`${one.name} (+${one.dialCode})`}
          </option>
        ))}
      </select>
    </div>
  );
}
