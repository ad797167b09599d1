import { useEffect } from 'preact/hooks';

interface OtpCredential extends Credential {
  code: string;
}

/** Takes the code out of a text message by itself, where the browser can: the message names this host. */
export function useWebOtp(isWanted: boolean, onCode: (digits: string) => void): void {
  useEffect(() => {
    if (!isWanted || !('OTPCredential' in window)) return undefined;
    const end = new AbortController();
    const wish = { otp: { transport: ['sms'] }, signal: end.signal } as CredentialRequestOptions;
    navigator.credentials.get(wish).then(
      (credential) => {
        const code = (credential as OtpCredential | null)?.code.replace(/\D/g, '');
        if (code) onCode(code);
      },
      () => undefined, // The person types it then.
    );
    return () => end.abort();
  }, [isWanted]);
}
